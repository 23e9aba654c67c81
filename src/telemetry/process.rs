//! What the operating system knows about us.

use std::fs;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

/// Resident memory in bytes; none where there is no /proc.
pub fn memory() -> Option<f64> {
    resident(&fs::read_to_string("/proc/self/status").ok()?)
}

fn resident(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

/// How many files and connections the system lets us have at once; none where there is no end to it.
pub fn files() -> Option<usize> {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).current?;
    Some(usize::try_from(most).unwrap_or(usize::MAX))
}

/// Seconds since 1970, of the machine's own clock: that is what whoever scrapes compares it with.
pub fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |s| s.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_kernels_own_words() {
        assert_eq!(
            resident("Name:\tzeitnah\nVmRSS:\t   23456 kB\n"),
            Some(24_018_944.0)
        );
        assert_eq!(resident("Name:\tzeitnah\n"), None);
        assert!(memory().is_none_or(|m| m > 1e6));
    }
}
