//! Generated Unicode 16.0 tables; see text/tools/gen_tables.py.
//!
//! Most are two-level: `BLOCK[cp >> SHIFT]` chooses a block of `INDEX`, whose entry numbers a record.

pub mod aliases;
pub mod database;
pub mod decomposition;
pub mod numeric;
pub mod sequences;
pub mod special_case;
pub mod types;
pub mod ucd32;

/// The record number of a code point; what is beyond Unicode has the record of U+10FFFF's neighbours.
macro_rules! two_level {
    ($block:expr, $index:expr, $cp:expr) => {{
        let cp = ($cp).min(0x10fffe);
        let block = $block[(cp >> $crate::tables::types::SHIFT) as usize] as usize;
        $index[block << $crate::tables::types::SHIFT
            | (cp as usize & ((1 << $crate::tables::types::SHIFT) - 1))] as usize
    }};
}
pub(crate) use two_level;
