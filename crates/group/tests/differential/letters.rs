//! Messages: said to everybody, delivered some time later in any order, read once.

use rand::{Rng as _, RngCore as _, seq::SliceRandom as _};

use crate::{
    device::{CHANNEL, PAST_EPOCHS, Text},
    world::{World, flipped},
};

/// A message on its way to one device.
pub(crate) struct Letter {
    pub(crate) to: usize,
    pub(crate) epoch: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: Text,
}

impl World {
    /// Somebody says something to everybody else.
    pub(crate) fn say(&mut self) {
        let Some(from) = self.any(Self::is_present) else {
            return;
        };
        let lengths = [0, 1, 40, 255, 256, 700];
        let mut plaintext = vec![0; lengths[self.rng.random_range(0..lengths.len())]];
        self.rng.fill_bytes(&mut plaintext);
        let mut aad = vec![0; self.rng.random_range(0..20)];
        self.rng.fill_bytes(&mut aad);
        let bytes = self.devices[from].encrypt(&plaintext, &aad);
        let frame = self
            .view
            .check_message(&bytes)
            .expect("the view passes it on");
        assert_eq!((frame.channel, frame.epoch), (CHANNEL, self.view.epoch()));
        let text = Text {
            sender: self.devices[from].who().identity,
            plaintext,
            aad,
        };
        self.log.push(format!(
            "{} {from} says {} bytes",
            self.kind(from),
            text.plaintext.len()
        ));
        for to in self.others(from) {
            self.letters.push(Letter {
                to,
                epoch: frame.epoch,
                bytes: bytes.clone(),
                text: text.clone(),
            });
        }
    }

    /// Some of the messages arrive, in any order; with `all`, every one.
    pub(crate) fn deliver(&mut self, all: bool) {
        let mut letters = std::mem::take(&mut self.letters);
        letters.shuffle(&mut self.rng);
        for letter in letters {
            let age = self.view.epoch() - letter.epoch;
            let last_call = age == PAST_EPOCHS && !self.chance(40);
            if all || last_call || age > PAST_EPOCHS || self.chance(35) {
                self.read(&letter, age);
            } else {
                self.letters.push(letter);
            }
        }
    }

    fn read(&mut self, letter: &Letter, age: u64) {
        let kind = self.kind(letter.to);
        let (forged, place) = (self.chance(20), self.rng.next_u64());
        let replayed = self.chance(20);
        let sender = self
            .any(|world, device| world.devices[device].who().identity == letter.text.sender)
            .expect("a device sent it");
        let device = &mut self.devices[letter.to];
        if !device.still_reads(letter.text.sender.device, letter.epoch) {
            let refused = device.read(&letter.bytes);
            assert!(refused.is_err(), "{} read a message too late", letter.to);
            let why = if age > PAST_EPOCHS {
                "that is too old"
            } else {
                "of somebody who left"
            };
            self.tally.count(format!("{kind} refused a message {why}"));
            return;
        }
        if forged {
            let refused = device.read(&flipped(&letter.bytes, place, 0));
            assert!(refused.is_err(), "{} read a forged message", letter.to);
            self.tally.count(format!("{kind} refused a forged message"));
        }
        let read = device.read(&letter.bytes);
        assert_eq!(
            read.as_ref(),
            Ok(&letter.text),
            "at {}, {age} epochs later",
            letter.to
        );
        if replayed {
            let refused = device.read(&letter.bytes);
            assert!(refused.is_err(), "{} read a message twice", letter.to);
            self.tally.count(format!("{kind} refused a replay"));
        }
        if !self.has(letter.text.sender.device) {
            self.tally
                .count(format!("{kind} read a message of somebody who left"));
        }
        let past = if age > 0 { " of a past epoch" } else { "" };
        let sender = self.kind(sender);
        self.tally.count(format!("{kind} read {sender}{past}"));
        self.maybe_restart(letter.to);
    }

    /// What was on its way to a device that lost its keys cannot be read any more.
    pub(crate) fn lose_letters_to(&mut self, device: usize) {
        self.letters.retain(|letter| letter.to != device);
    }
}
