//! Adds up what the test runners report.

use serde_json::Value;

/// Passed and failed tests of all runners so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, and runners that broke before they could say.
    pub(crate) failed: u64,
}

impl Tally {
    /// Adds another runner's numbers.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// A runner that ended badly without a failed test (it did not compile, it crashed) counts as
    /// one failure.
    pub(crate) fn judged(mut self, succeeded: bool) -> Self {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// A line of `cargo test`: `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    pub(crate) fn from_cargo_line(line: &str) -> Option<Self> {
        let numbers = line.strip_prefix("test result: ")?.split_once(". ")?.1;
        let number_before = |word: &str| {
            numbers
                .split("; ")
                .find_map(|part| part.strip_suffix(word)?.trim().parse().ok())
        };
        Some(Self {
            passed: number_before("passed")?,
            failed: number_before("failed")?,
        })
    }

    /// The JSON report of vitest.
    pub(crate) fn from_vitest(report: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(report).ok()?;
        let number = |name: &str| report.get(name)?.as_u64();
        Some(Self {
            passed: number("numPassedTests")?,
            failed: number("numFailedTests")?,
        })
    }

    /// A summary line of `node --test`: `# pass 3` or `# fail 1` in TAP, `ℹ pass 3` on screen.
    pub(crate) fn from_node_line(line: &str) -> Option<Self> {
        let mut words = line
            .split_whitespace()
            .skip_while(|word| matches!(*word, "#" | "ℹ"));
        if !line.starts_with(['#', 'ℹ']) {
            return None;
        }
        let (word, number) = (words.next()?, words.next()?.parse().ok()?);
        match word {
            "pass" => Some(Self {
                passed: number,
                failed: 0,
            }),
            // A test that was cancelled by a time limit has not passed either.
            "fail" | "cancelled" => Some(Self {
                passed: 0,
                failed: number,
            }),
            _ => None,
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_are_read_and_others_are_not() {
        let line =
            "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(
            Tally::from_cargo_line(line),
            Some(Tally {
                passed: 12,
                failed: 2
            })
        );
        assert_eq!(Tally::from_cargo_line("test a_test_result ... ok"), None);
    }

    #[test]
    fn the_vitest_report_is_read() {
        let report = r#"{"numTotalTests":5,"numPassedTests":4,"numFailedTests":1,"success":false}"#;
        assert_eq!(
            Tally::from_vitest(report),
            Some(Tally {
                passed: 4,
                failed: 1
            })
        );
    }

    #[test]
    fn the_node_summary_is_read_in_both_forms() {
        assert_eq!(
            Tally::from_node_line("# pass 3"),
            Some(Tally {
                passed: 3,
                failed: 0
            })
        );
        assert_eq!(
            Tally::from_node_line("ℹ fail 2"),
            Some(Tally {
                passed: 0,
                failed: 2
            })
        );
        assert_eq!(Tally::from_node_line("# tests 5"), None);
        assert_eq!(Tally::from_node_line("pass 3"), None);
    }

    #[test]
    fn a_runner_that_broke_counts_as_one_failure() {
        assert_eq!(Tally::default().judged(false).failed, 1);
        assert_eq!(
            Tally {
                passed: 1,
                failed: 2
            }
            .judged(false)
            .failed,
            2
        );
        assert_eq!(Tally::default().judged(true).failed, 0);
    }
}
