//! Where a pickler writes: a frame that grows, and what goes before it.

use super::op;

/// A frame is written when it is as long as this.
pub const FRAME_SIZE: usize = 64 * 1024;
/// Shorter ones have no header.
const FRAME_SIZE_MIN: usize = 4;

#[derive(Default)]
pub struct Writer {
    /// Complete: for the file, or all of the pickle so far.
    pub done: Vec<u8>,
    frame: Vec<u8>,
    framing: bool,
}

impl Writer {
    pub fn restart(&mut self) {
        self.done.clear();
        self.frame.clear();
        self.framing = false;
    }

    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        self.frame.extend_from_slice(bytes);
    }

    #[inline]
    pub fn put_code(&mut self, code: u8) {
        self.frame.push(code);
    }

    /// From here on there are frames.
    pub fn start_framing(&mut self) {
        self.done.append(&mut self.frame);
        self.framing = true;
    }

    #[inline]
    pub fn frame_is_full(&self) -> bool {
        self.framing && self.frame.len() >= FRAME_SIZE
    }

    /// Ends the frame before its last bytes, so many, which are dropped.
    pub fn take_back_and_commit(&mut self, bytes: usize) {
        self.frame.truncate(self.frame.len() - bytes);
        self.commit();
    }

    /// Ends the frame.
    pub fn commit(&mut self) {
        if self.framing && self.frame.len() >= FRAME_SIZE_MIN {
            self.done.push(op::FRAME);
            self.done.extend((self.frame.len() as u64).to_le_bytes());
        }
        if self.done.is_empty() {
            std::mem::swap(&mut self.done, &mut self.frame);
        } else {
            self.done.append(&mut self.frame);
        }
    }
}
