//! What a run is at, as a value: whoever looks on makes words of it.

/// A step of a run. The next one takes its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// What is there is looked at: the cluster, the release.
    #[default]
    Preparing,
    /// helm deploys the chart, by what was seen of the release's pods.
    Deploying {
        release: String,
        ready: usize,
        pods: usize,
        faults: Vec<String>,
    },
    /// The engine or the node brings the image.
    Pulling {
        image: String,
    },
    /// The pod or container is being made. `state` is what the cluster says of it, in one word, or nothing.
    Starting {
        state: String,
    },
    Running,
    /// What the program made is fetched.
    Collecting,
    /// Output and result go to the database.
    Saving,
    /// The pod or container is removed.
    CleaningUp,
}
