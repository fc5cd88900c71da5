//! Case codes: three random words that say nothing about a household.

use rand_chacha::rand_core::RngCore;

const WORDS: &str = include_str!("words.txt");

/// Three words, such as `beek-lantaarn-wulp`.
pub(crate) fn case_code(rng: &mut impl RngCore) -> String {
    let words: Vec<&str> = WORDS.lines().collect();
    let mut chosen: Vec<&str> = Vec::with_capacity(3);
    while chosen.len() < 3 {
        let word = words[below(rng, words.len())];
        if !chosen.contains(&word) {
            chosen.push(word);
        }
    }
    chosen.join("-")
}

/// A number below `bound`, each as likely as the next.
fn below(rng: &mut impl RngCore, bound: usize) -> usize {
    let bound = u32::try_from(bound).unwrap_or(u32::MAX);
    let limit = u32::MAX - u32::MAX % bound;
    loop {
        let number = rng.next_u32();
        if number < limit {
            return (number % bound) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    #[test]
    fn the_list_is_long_and_has_each_word_once() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.len() >= 512);
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
        assert!(
            words
                .iter()
                .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        );
    }

    #[test]
    fn codes_have_three_different_words_and_hardly_repeat() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let codes: HashSet<String> = (0..200).map(|_| case_code(&mut rng)).collect();
        assert!(codes.len() > 198);
        for code in codes {
            let words: HashSet<&str> = code.split('-').collect();
            assert_eq!(words.len(), 3, "{code}");
        }
    }
}
