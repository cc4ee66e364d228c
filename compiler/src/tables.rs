//! Decoders of the two tables beside `co_code`: exception handlers and source positions.
//!
//! The encodings are those of CPython's Objects/exception_handling_notes.txt and Objects/locations.md. Both
//! decoders stop at malformed data instead of failing: a table made by a Python program (`code.replace()`) can
//! hold anything. All offsets are in code units.

/// A range of code and the handler that runs when something in it raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    pub start: u32,
    /// Exclusive.
    pub end: u32,
    pub target: u32,
    /// The stack is cut to this depth before the handler runs.
    pub depth: u32,
    /// Whether the offset of the raising instruction is pushed below the exception.
    pub lasti: bool,
}

/// In the order of the table: by start, disjoint if a compiler made it.
pub fn exception_entries(table: &[u8]) -> Vec<ExceptionEntry> {
    let mut position = 0;
    let mut varint = || -> Option<u32> {
        let mut value = 0u32;
        loop {
            let byte = *table.get(position)?;
            position += 1;
            value = value << 6 | u32::from(byte & 0x3f);
            if byte & 0x40 == 0 {
                return Some(value);
            }
        }
    };
    let mut entry = || -> Option<ExceptionEntry> {
        let start = varint()?;
        let end = start.checked_add(varint()?)?;
        let target = varint()?;
        let depth_lasti = varint()?;
        Some(ExceptionEntry { start, end, target, depth: depth_lasti >> 1, lasti: depth_lasti & 1 != 0 })
    };
    std::iter::from_fn(&mut entry).collect()
}

/// A run of code units with one source position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    pub start: u32,
    /// Exclusive.
    pub end: u32,
    pub position: Position,
}

/// `None` where unknown. Lines count from 1; columns are UTF-8 bytes and count from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub line: Option<i32>,
    pub end_line: Option<i32>,
    pub col: Option<i32>,
    pub end_col: Option<i32>,
}

/// The runs of a `co_linetable`, in order and without gaps.
pub fn locations(linetable: &[u8], firstlineno: i32) -> impl Iterator<Item = Location> + '_ {
    let mut reader = LineReader { table: linetable, position: 0, line: firstlineno, unit: 0 };
    std::iter::from_fn(move || reader.next_location())
}

/// The positions by code unit, as `co_positions()` gives them.
pub fn positions(linetable: &[u8], firstlineno: i32) -> impl Iterator<Item = Position> + '_ {
    locations(linetable, firstlineno)
        .flat_map(|location| (location.start..location.end).map(move |_| location.position))
}

/// `co_lines()`: adjacent runs of one line joined; the offsets here are in bytes, as Python sees them.
pub fn lines(linetable: &[u8], firstlineno: i32) -> impl Iterator<Item = (u32, u32, Option<i32>)> + '_ {
    let mut locations = locations(linetable, firstlineno).peekable();
    std::iter::from_fn(move || {
        let first = locations.next()?;
        let mut end = first.end;
        while let Some(next) = locations.next_if(|next| next.position.line == first.position.line) {
            end = next.end;
        }
        Some((first.start * 2, end * 2, first.position.line))
    })
}

/// The line of one code unit.
pub fn line_of(linetable: &[u8], firstlineno: i32, unit: u32) -> Option<i32> {
    locations(linetable, firstlineno).find(|location| unit < location.end)?.position.line
}

struct LineReader<'a> {
    table: &'a [u8],
    position: usize,
    line: i32,
    unit: u32,
}

impl LineReader<'_> {
    fn next_location(&mut self) -> Option<Location> {
        let first = self.byte()?;
        let start = self.unit;
        let end = start + u32::from(first & 7) + 1;
        let position = match first >> 3 & 15 {
            15 => Position::default(),
            14 => {
                self.line = self.line.wrapping_add(self.signed()?);
                let end_line = self.line.wrapping_add(self.varint()? as i32);
                let col = self.varint()? as i32;
                let end_col = self.varint()? as i32;
                Position {
                    line: Some(self.line),
                    end_line: Some(end_line),
                    col: (col > 0).then(|| col - 1),
                    end_col: (end_col > 0).then(|| end_col - 1),
                }
            }
            13 => {
                self.line = self.line.wrapping_add(self.signed()?);
                Position { line: Some(self.line), end_line: Some(self.line), col: None, end_col: None }
            }
            code @ 10..=12 => {
                self.line = self.line.wrapping_add(i32::from(code) - 10);
                let col = i32::from(self.byte()?);
                let end_col = i32::from(self.byte()?);
                self.on_this_line(col, end_col)
            }
            code => {
                let second = i32::from(self.byte()?);
                let col = i32::from(code) << 3 | second >> 4;
                self.on_this_line(col, col + (second & 15))
            }
        };
        self.unit = end;
        Some(Location { start, end, position })
    }

    fn on_this_line(&self, col: i32, end_col: i32) -> Position {
        Position { line: Some(self.line), end_line: Some(self.line), col: Some(col), end_col: Some(end_col) }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.table.get(self.position)?;
        self.position += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u32> {
        let mut value = 0u32;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x3f).checked_shl(shift).unwrap_or(0);
            shift += 6;
            if byte & 0x40 == 0 {
                return Some(value);
            }
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let value = self.varint()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 != 0 { -magnitude } else { magnitude })
    }
}
