//! The command line: names, flags, help. Each command's help ends with an example.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// From a table to a model that you can trust: read, train, evaluate, score. One program, one model file.
#[derive(Debug, Parser)]
#[command(
    name = "almanac",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Example:\n  almanac train data.csv --target Churn --out churn.almanac\n  almanac predict churn.almanac new.csv -o scored.csv"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print the result as one JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Print nothing but results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a model on a table and write it to one file
    #[command(
        after_help = "Examples:\n  almanac train data.csv --target Churn --out churn.almanac\n  almanac train 'sales-*.parquet' --target units --split time:day --out sales.almanac\n  almanac train data.csv --target y --learner boost --set boost.trees=500 --no-tune --out y.almanac"
    )]
    Train(Box<TrainArgs>),
    /// Score the rows of a table with a model
    #[command(after_help = "Example:\n  almanac predict churn.almanac new.csv -o scored.csv")]
    Predict(PredictArgs),
    /// Measure how fast a model scores on this machine
    #[command(after_help = "Example:\n  almanac bench churn.almanac new.csv")]
    Bench(BenchArgs),
    /// Keep immutable, content-addressed versions of data
    #[command(subcommand, after_help = "Example:\n  almanac data add data.csv\n  almanac data list")]
    Data(DataCommand),
    /// A first tour: make a churn table, train, evaluate, score, explain
    #[command(after_help = "Example:\n  almanac demo")]
    Demo(DemoArgs),
}

/// How sources are read.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadingArgs {
    /// Take a column for a kind: number, category, boolean, datetime, text or identifier
    #[arg(long, value_name = "COL=KIND")]
    pub kind: Vec<String>,
    /// A cell that means "missing" in a column, beside the empty one
    #[arg(long, value_name = "COL=TOKEN")]
    pub missing: Vec<String>,
    /// How a column writes dates (%d/%m/%Y) or numbers (1.234,5)
    #[arg(long, value_name = "COL=FORMAT")]
    pub format: Vec<String>,
    /// The character between fields (\t for a tab)
    #[arg(long, value_name = "C")]
    pub delimiter: Option<String>,
    /// What to do with rows that cannot be read: refuse (stop at the first), or quarantine (set aside and count)
    #[arg(long, value_name = "POLICY", default_value = "refuse")]
    pub bad_rows: BadRowsArg,
    /// The most memory that reading may take, such as 2GiB; refused before reading if it is not enough
    #[arg(long, value_name = "SIZE")]
    pub memory_limit: Option<String>,
}

/// `--bad-rows`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum BadRowsArg {
    /// Stop at the first.
    #[default]
    Refuse,
    /// Set them aside and count them.
    Quarantine,
}

/// As many threads as a context takes.
const THREADS_MAX: i64 = base::limits::THREADS_MAX as i64;

/// How much of the machine is used.
#[derive(Debug, Clone, Default, Args)]
pub struct MachineArgs {
    /// Threads to use; results do not depend on it [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=THREADS_MAX))]
    pub threads: Option<u16>,
}

/// `train`.
#[derive(Debug, Clone, Args)]
pub struct TrainArgs {
    /// Files or globs
    #[arg(required = true, value_name = "DATA")]
    pub data: Vec<String>,
    /// Column to predict
    #[arg(long, value_name = "COL")]
    pub target: String,
    /// Model file to write
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// binary, multiclass or regression [default: chosen from the target]
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// The positive class of a binary target [default: the last in order]
    #[arg(long, value_name = "LABEL")]
    pub positive: Option<String>,
    /// Metric that decides, by its scikit-learn name [default: roc_auc, log_loss or rmse]
    #[arg(long, value_name = "METRIC")]
    pub metric: Option<String>,
    /// Learner to try: linear, boost or dummy; may be repeated [default: linear and boost]
    #[arg(long, value_name = "NAME")]
    pub learner: Vec<String>,
    /// Set a parameter of a learner
    #[arg(long, value_name = "LEARNER.PARAM=VALUE")]
    pub set: Vec<String>,
    /// Try one configuration a learner instead of a handful
    #[arg(long)]
    pub no_tune: bool,
    /// Folds of the cross-validation [default: chosen from the number of rows]
    #[arg(long, value_name = "K")]
    pub folds: Option<usize>,
    /// random, time:COL, time:COL,COL, group:COL or column:COL [default: chosen from the columns]
    #[arg(long, value_name = "SPLIT")]
    pub split: Option<String>,
    /// Column to leave out; may be repeated
    #[arg(long, value_name = "COL")]
    pub drop: Vec<String>,
    /// Column that names rows: kept beside predictions, not learned from; may be repeated
    #[arg(long, value_name = "COL")]
    pub id: Vec<String>,
    /// Column that weights rows
    #[arg(long, value_name = "COL")]
    pub weight: Option<String>,
    /// Seed of everything that is random
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Threads.
    #[command(flatten)]
    pub machine: MachineArgs,
    /// Reading.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `predict`.
#[derive(Debug, Clone, Args)]
pub struct PredictArgs {
    /// Model file
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Files or globs to score
    #[arg(required = true, value_name = "DATA")]
    pub data: Vec<String>,
    /// File to write; its extension chooses the format (csv, tsv, jsonl, json, parquet, arrow)
    #[arg(long, short, value_name = "OUT")]
    pub out: PathBuf,
    /// The character between fields (\t for a tab)
    #[arg(long, value_name = "C")]
    pub delimiter: Option<String>,
    /// Threads.
    #[command(flatten)]
    pub machine: MachineArgs,
}

/// `bench`.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Model file
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Files or globs to score
    #[arg(required = true, value_name = "DATA")]
    pub data: Vec<String>,
    /// Threads.
    #[command(flatten)]
    pub machine: MachineArgs,
}

/// `data …`.
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Make a snapshot of a source
    #[command(after_help = "Example:\n  almanac data add data.csv")]
    Add(DataAddArgs),
    /// List the snapshots
    #[command(after_help = "Example:\n  almanac data list --json")]
    List(StoreArgs),
    /// Show one snapshot: where it came from, its columns and what was found
    #[command(after_help = "Example:\n  almanac data show 3fa9c1")]
    Show(DataShowArgs),
    /// Write a snapshot to a file
    #[command(after_help = "Example:\n  almanac data export 3fa9c1 -o data.parquet")]
    Export(DataExportArgs),
}

/// Where the store is.
#[derive(Debug, Clone, Args)]
pub struct StoreArgs {
    /// Folder of the store
    #[arg(long, value_name = "DIR", default_value = ".almanac")]
    pub store: PathBuf,
}

/// `data add`.
#[derive(Debug, Clone, Args)]
pub struct DataAddArgs {
    /// Files or globs
    #[arg(required = true, value_name = "FILE")]
    pub data: Vec<String>,
    /// Store.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Threads.
    #[command(flatten)]
    pub machine: MachineArgs,
    /// Reading.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `data show`.
#[derive(Debug, Clone, Args)]
pub struct DataShowArgs {
    /// A snapshot's id, or enough of its beginning
    #[arg(value_name = "ID")]
    pub id: String,
    /// Store.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// `data export`.
#[derive(Debug, Clone, Args)]
pub struct DataExportArgs {
    /// A snapshot's id, or enough of its beginning
    #[arg(value_name = "ID")]
    pub id: String,
    /// File to write; its extension chooses the format
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Store.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// `demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Folder for the demo's files
    #[arg(long, value_name = "DIR", default_value = "almanac-demo")]
    pub folder: PathBuf,
    /// Rows of the table to train on
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub rows: usize,
    /// Seed of everything that is random
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Threads.
    #[command(flatten)]
    pub machine: MachineArgs,
}
