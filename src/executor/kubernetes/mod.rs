//! stub
mod settings;
pub use settings::Settings;
use super::{Cancel, Ended, Job, Output};
pub struct Kubernetes(Settings);
impl Kubernetes {
    pub fn new(settings: Settings) -> Self { Kubernetes(settings) }
    pub async fn run(&mut self, _: &Job, _: &Output, _: &Cancel) -> Ended { std::future::pending().await }
    pub async fn clean_up(&mut self, _: &Ended) -> Vec<String> { Vec::new() }
}
