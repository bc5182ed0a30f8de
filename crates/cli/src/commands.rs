//! Runs a command: turns flags into a request, the request's report into output.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use base::{Code, Cx, Fault, Finding, SystemClock};
use clap::Parser;
use serde_json::Value;

use crate::args::{Cli, Command, DataCommand, MachineArgs};
use crate::bars::Bars;
use crate::document::Document;
use crate::exit::Exit;
use crate::render;

mod request;

/// What a command ends with: findings, the result for machines, the text for people.
pub struct Said {
    /// Findings, warnings and notes alike.
    pub findings: Vec<Finding>,
    /// How many there were in all, by code.
    pub counts: BTreeMap<Code, u64>,
    /// For `--json`.
    pub result: Value,
    /// For people, on standard output.
    pub text: String,
}

/// Reads the command line, runs the command, prints what it says.
pub fn run(argv: &[OsString]) -> Exit {
    let cli = match Cli::try_parse_from(argv) {
        Ok(cli) => cli,
        Err(e) => return refuse_arguments(argv, &e),
    };
    let name = name_of(&cli.command);
    match act(&cli) {
        Ok(said) => {
            if !cli.global.json {
                let quiet = cli.global.quiet;
                render::findings(&said.findings, said.counts.values().sum(), quiet);
            }
            if cli.global.json {
                print(&Document::new(name, Exit::Done, said.findings, said.result).with_counts(&said.counts).to_line())
            } else {
                print(said.text.trim_end())
            }
        }
        Err(fault) => {
            let exit = Exit::from(fault.family());
            if cli.global.json {
                print(&Document::new(name, exit, vec![fault.finding()], Value::Null).to_line());
            }
            render::fault(&fault.finding());
            exit
        }
    }
}

/// Prints on standard output; a reader that went away is not an error of ours.
fn print(text: &str) -> Exit {
    if text.is_empty() {
        return Exit::Done;
    }
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => Exit::Done,
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
        Err(_) => Exit::World,
    }
}

fn refuse_arguments(argv: &[OsString], e: &clap::Error) -> Exit {
    use clap::error::ErrorKind;
    let asked_for_help = matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let json = argv.iter().any(|a| a == "--json");
    if json {
        let (exit, findings, result) = if asked_for_help {
            (Exit::Done, Vec::new(), serde_json::json!({ "help": e.to_string() }))
        } else {
            let message = e.to_string();
            let lines =
                message.lines().map(str::trim).take_while(|l| !l.starts_with("Usage:")).filter(|l| !l.is_empty());
            let said = lines.collect::<Vec<_>>().join(" ");
            let said = said.trim_start_matches("error: ");
            let finding = Finding::new(base::Code(2201), base::Severity::Error, said);
            (Exit::Yours, vec![finding.hint("see `almanac --help`")], Value::Null)
        };
        print(&Document::new(&named(argv), exit, findings, result).to_line());
        return exit;
    }
    // clap chooses the stream: help on standard output, errors on standard error.
    if e.print().is_err() {
        return Exit::World;
    }
    if asked_for_help { Exit::Done } else { Exit::Yours }
}

/// The command that a line that cannot be understood names: its first words that are commands.
fn named(argv: &[OsString]) -> String {
    let mut at = &<Cli as clap::CommandFactory>::command();
    let mut names = Vec::new();
    for word in argv.iter().skip(1).filter_map(|a| a.to_str()).filter(|a| !a.starts_with('-')) {
        let Some(next) = at.get_subcommands().find(|c| c.get_name() == word) else { break };
        names.push(word);
        at = next;
    }
    if names.is_empty() { "almanac".to_owned() } else { names.join(" ") }
}

fn name_of(command: &Command) -> &'static str {
    match command {
        Command::Train(_) => "train",
        Command::Predict(_) => "predict",
        Command::Bench(_) => "bench",
        Command::Data(DataCommand::Add(_)) => "data add",
        Command::Data(DataCommand::List(_)) => "data list",
        Command::Data(DataCommand::Show(_)) => "data show",
        Command::Data(DataCommand::Export(_)) => "data export",
        Command::Demo(_) => "demo",
    }
}

type Outcome = Result<Said, Box<dyn Fault>>;

fn act(cli: &Cli) -> Outcome {
    let cancel = interrupted_flag();
    let cx = |machine: &MachineArgs, seed: u64| {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let mut cx = Cx::new(seed, machine.threads.map_or(all, usize::from))
            .with_clock(Arc::new(SystemClock))
            .with_cancel(cancel.clone());
        if !cli.global.quiet && !cli.global.json {
            cx = cx.with_progress(Arc::new(Bars::new()));
        }
        cx
    };
    match &cli.command {
        Command::Train(a) => {
            let ask = request::train(a)?;
            let (report, findings) = workflow::train::train(&cx(&a.machine, a.seed), &ask).map_err(boxed)?;
            said(&findings, &report, render::train::text(&report))
        }
        Command::Predict(a) => {
            let options = request::delimiter(a.delimiter.as_deref())?;
            let (report, findings) =
                workflow::predict::predict(&cx(&a.machine, 0), &a.model, &a.data, &a.out, &options).map_err(boxed)?;
            said(&findings, &report, render::predict::text(&report))
        }
        Command::Bench(a) => {
            let (report, findings) = workflow::bench::bench(&cx(&a.machine, 0), &a.model, &a.data).map_err(boxed)?;
            said(&findings, &report, render::bench::text(&report))
        }
        Command::Data(command) => data(command, &cx),
        Command::Demo(a) => {
            let ask = workflow::demo::DemoAsk { folder: a.folder.clone(), n_rows: a.rows };
            let tell = |text: &str| {
                if !cli.global.quiet && !cli.global.json {
                    render::tell(text);
                }
            };
            let (report, findings) = workflow::demo::demo(&cx(&a.machine, a.seed), &ask, &tell).map_err(boxed)?;
            said(&findings, &report, render::demo::text(&report))
        }
    }
}

fn data(command: &DataCommand, cx: &dyn Fn(&MachineArgs, u64) -> Cx) -> Outcome {
    let default = MachineArgs::default();
    match command {
        DataCommand::Add(a) => {
            let options = request::reading(&a.reading)?;
            let (report, findings) =
                workflow::data::add(&cx(&a.machine, 0), &a.store.store, &a.data, &options).map_err(boxed)?;
            said(&findings, &report, render::data::added(&report))
        }
        DataCommand::List(a) => {
            let (report, findings) = workflow::data::list(&a.store).map_err(boxed)?;
            said(&findings, &report, render::data::list(&report))
        }
        DataCommand::Show(a) => {
            let report = workflow::data::show(&a.store.store, &a.id).map_err(boxed)?;
            said(&base::Findings::new(), &report, render::data::show(&report))
        }
        DataCommand::Export(a) => {
            let report = workflow::data::export(&cx(&default, 0), &a.store.store, &a.id, &a.out).map_err(boxed)?;
            said(&base::Findings::new(), &report, render::data::exported(&report))
        }
    }
}

fn boxed<E: Fault>(e: E) -> Box<dyn Fault> {
    Box::new(e)
}

fn said<T: serde::Serialize>(findings: &base::Findings, report: &T, text: String) -> Outcome {
    let result = serde_json::to_value(report)
        .map_err(|e| boxed(base::Internal { what: format!("the report is not JSON: {e}") }))?;
    Ok(Said { findings: findings.kept().to_vec(), counts: findings.counts().clone(), result, text })
}

/// A flag that becomes true when the program is interrupted; a second interrupt ends it at once. Files appear under their
/// names only when they are whole, so ending at once loses nothing.
fn interrupted_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // A system that does not let us listen ends the program by itself, which is what the second signal does.
        let _ =
            signal_hook::flag::register_conditional_shutdown(signal, i32::from(Exit::Interrupted.code()), flag.clone());
        let _ = signal_hook::flag::register(signal, flag.clone());
    }
    // A write beyond a limit on the size of files is then an error of that write, which says where.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    flag
}
