//! Unicode normalisation: NFC, NFD, NFKC and NFKD.
//!
//! Decompose recursively, order by combining class, and compose (`nfd_nfkd` and `nfc_nfkc`). Text whose quick check
//! says yes is returned as it is. Lone surrogates pass through.

use crate::builder::Owned;
use crate::tables::decomposition::COMPOSITES;
use crate::tables::ucd32::CORRECTED;
use crate::unicodedata::{Version, assigned, mapping, record};
use crate::units::Units;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nfc,
    Nfkc,
    Nfd,
    Nfkd,
}

impl Form {
    pub fn parse(name: &str) -> Option<Form> {
        match name {
            "NFC" => Some(Form::Nfc),
            "NFKC" => Some(Form::Nfkc),
            "NFD" => Some(Form::Nfd),
            "NFKD" => Some(Form::Nfkd),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quick {
    Yes,
    Maybe,
    No,
}

fn quick_check(u: Units, form: Form) -> Quick {
    let shift = 2 * match form {
        Form::Nfc => 0,
        Form::Nfkc => 1,
        Form::Nfd => 2,
        Form::Nfkd => 3,
    };
    let mut last = 0;
    let mut result = Quick::Yes;
    for cp in u.iter() {
        if cp < 0x80 {
            last = 0;
            continue;
        }
        let r = record(cp);
        if r.combining != 0 && r.combining < last {
            return Quick::No;
        }
        last = r.combining;
        match r.quick >> shift & 3 {
            0 => {}
            1 => result = Quick::Maybe,
            _ => return Quick::No,
        }
    }
    result
}

const S: u32 = 0xac00;
const L: u32 = 0x1100;
const V: u32 = 0x1161;
const T: u32 = 0x11a7;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = 19 * V_COUNT * T_COUNT;

/// How many and which jamo a Hangul syllable is made of; none for others.
pub(crate) fn decompose_hangul(cp: u32) -> (usize, [u32; 3]) {
    let s = cp.wrapping_sub(S);
    if s >= S_COUNT {
        return (0, [0; 3]);
    }
    let t = s % T_COUNT;
    let jamo = [L + s / (V_COUNT * T_COUNT), V + s % (V_COUNT * T_COUNT) / T_COUNT, T + t];
    (2 + (t != 0) as usize, jamo)
}

fn decompose(cp: u32, compat: bool, version: Version, out: &mut Vec<u32>) {
    if cp < 0x80 || !assigned(cp, version) {
        return out.push(cp);
    }
    let (n, jamo) = decompose_hangul(cp);
    if n > 0 {
        return out.extend_from_slice(&jamo[..n]);
    }
    if version == Version::V3_2
        && let Ok(i) = CORRECTED.binary_search_by_key(&cp, |c| c.0)
    {
        return out.push(CORRECTED[i].1);
    }
    let (tag, cps) = mapping(cp);
    if cps.is_empty() || !tag.is_empty() && !compat {
        return out.push(cp);
    }
    cps.iter().for_each(|&c| decompose(c, compat, version, out));
}

fn compose_pair(a: u32, b: u32) -> Option<u32> {
    if a.wrapping_sub(L) < 19 && b.wrapping_sub(V) < V_COUNT {
        return Some(S + ((a - L) * V_COUNT + (b - V)) * T_COUNT);
    }
    let s = a.wrapping_sub(S);
    if s < S_COUNT && s.is_multiple_of(T_COUNT) && b > T && b < T + T_COUNT {
        return Some(a + (b - T));
    }
    COMPOSITES.binary_search_by_key(&(a, b), |c| (c.0, c.1)).ok().map(|i| COMPOSITES[i].2)
}

fn compose(cps: &mut Vec<u32>) {
    let mut starter: Option<usize> = None;
    let mut kept = 0;
    let mut last_class = 0;
    for i in 0..cps.len() {
        let cp = cps[i];
        let class = record(cp).combining;
        if let Some(s) = starter {
            // Blocked when something of the same or a higher class stands between, or a starter does.
            let adjacent = kept == s + 1;
            if (adjacent || last_class != 0 && last_class < class)
                && let Some(c) = compose_pair(cps[s], cp)
            {
                cps[s] = c;
                continue;
            }
        }
        if class == 0 {
            starter = Some(kept);
        }
        last_class = class;
        cps[kept] = cp;
        kept += 1;
    }
    cps.truncate(kept);
}

/// `None` when the text is normalised already.
pub fn normalize(u: Units, form: Form, version: Version) -> Option<Owned> {
    if u.is_ascii() || version == Version::V16 && quick_check(u, form) == Quick::Yes {
        return None;
    }
    let compat = matches!(form, Form::Nfkc | Form::Nfkd);
    let mut cps = Vec::with_capacity(u.len() + u.len() / 4);
    u.iter().for_each(|c| decompose(c, compat, version, &mut cps));
    // Runs of combining characters are sorted stably.
    let mut at = 0;
    while at < cps.len() {
        if cps[at] < 0x80 || record(cps[at]).combining == 0 {
            at += 1;
            continue;
        }
        let run = cps[at..].iter().take_while(|c| record(**c).combining != 0).count();
        cps[at..at + run].sort_by_key(|c| record(*c).combining);
        at += run;
    }
    if matches!(form, Form::Nfc | Form::Nfkc) {
        compose(&mut cps);
    }
    Some(Owned::from_code_points(cps))
}

pub fn is_normalized(u: Units, form: Form, version: Version) -> bool {
    if version == Version::V16 {
        match quick_check(u, form) {
            Quick::Yes => return true,
            Quick::No => return false,
            Quick::Maybe => {}
        }
    }
    normalize(u, form, version).is_none_or(|n| n.as_units() == u)
}
