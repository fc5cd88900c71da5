//! `policy.txt`: whose signatures count (C2SP tlog-policy): the logs' keys, and no witnesses yet.

use super::super::log::LogVerifier;

/// Bytes of the longest policy that is looked at.
const MAX_POLICY: usize = 64 * 1024;
/// Keys a policy may name.
const MAX_KEYS: usize = 256;

pub(super) fn write(keys: &[LogVerifier]) -> String {
    let mut text = String::new();
    for key in keys {
        text.push_str("log ");
        text.push_str(&key.vkey());
        text.push('\n');
    }
    text.push_str("quorum none\n");
    text
}

pub(super) fn read(bytes: &[u8]) -> Option<Vec<LogVerifier>> {
    if bytes.len() > MAX_POLICY {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let keys = text
        .lines()
        .filter_map(|line| line.strip_prefix("log "))
        .map(|vkey| LogVerifier::parse(vkey).ok())
        .collect::<Option<Vec<_>>>()?;
    (keys.len() <= MAX_KEYS && write(&keys) == text).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LogSigner;

    #[test]
    fn a_policy_reads_back_and_others_are_refused() {
        let vkey = LogSigner::new("example.org/log", &[1; 32]).unwrap().vkey();
        let keys = vec![LogVerifier::parse(&vkey).unwrap()];
        let text = write(&keys);
        assert_eq!(text, format!("log {vkey}\nquorum none\n"));
        assert_eq!(read(text.as_bytes()), Some(keys));
        for bad in [
            "",
            "log x\nquorum none\n",
            "quorum any\n",
            "# note\nquorum none\n",
        ] {
            assert_eq!(read(bad.as_bytes()), None);
        }
    }
}
