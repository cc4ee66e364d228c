//! `cargo xtask install`: puts packages from a package index into a directory, as `pip install --target`
//! does, for as long as pip itself does not run on Adder.
//!
//! The requirements name exact versions; the wheel is the one that CPython 3.14 would choose; its SHA-256
//! must be the index's. Dependencies are not looked up: name them too.
//!
//! The index is that of `--index` or of `PIP_INDEX_URL`, and otherwise the default of the pip that comes
//! with the embedded library. It must answer with JSON (the "simple repository API", version 1).

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Outcome, take_option};

const ACCEPT: &str = "application/vnd.pypi.simple.v1+json";
/// No wheel is larger.
const LIMIT: u64 = 2 << 30;

pub fn run(args: &[String]) -> Outcome {
    let mut args = args.to_vec();
    let target = take_option(&mut args, "--target")?.unwrap_or_else(|| "target/site".to_owned());
    let exe = take_option(&mut args, "--exe")?.unwrap_or_else(|| "target/release/adder".to_owned());
    let index = match take_option(&mut args, "--index")?.or_else(|| std::env::var("PIP_INDEX_URL").ok()) {
        Some(index) => index,
        None => default_index(Path::new(&exe))?,
    };
    if args.is_empty() {
        return Err("no requirement given; write NAME==VERSION".to_owned());
    }
    for requirement in &args {
        let (name, version) = requirement
            .split_once("==")
            .ok_or_else(|| format!("{requirement}: write an exact version, as in {requirement}==1.0"))?;
        install(&index, name, version, Path::new(&target))?;
    }
    Ok(())
}

/// What pip's own source says; it is in the library that the executable brings along.
fn default_index(exe: &Path) -> Result<String, String> {
    let program = "import ensurepip, glob, os, sys\n\
        bundled = os.path.join(os.path.dirname(ensurepip.__file__), '_bundled')\n\
        sys.path[:0] = glob.glob(os.path.join(bundled, 'pip-*.whl'))\n\
        from pip._internal.models.index import PyPI\n\
        print(PyPI.simple_url)\n";
    let output = Command::new(exe)
        .args(["-I", "-c", program])
        .output()
        .map_err(|error| format!("{}: {error}; build it first, or give --index", exe.display()))?;
    let url = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || url.is_empty() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the default index could not be read; give --index\n{errors}"));
    }
    Ok(url)
}

fn agent() -> ureq::Agent {
    let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
    ureq::Agent::config_builder().tls_config(tls).build().new_agent()
}

/// `Foo_Bar.baz` is `foo-bar-baz` in an index.
fn normalised(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

fn install(index: &str, name: &str, version: &str, target: &Path) -> Outcome {
    let page = format!("{}/{}/", index.trim_end_matches('/'), normalised(name));
    let text = agent()
        .get(&page)
        .header("Accept", ACCEPT)
        .call()
        .and_then(|mut answer| answer.body_mut().with_config().limit(LIMIT).read_to_string())
        .map_err(|error| format!("{page}: {error}"))?;
    let listing: Value = serde_json::from_str(&text)
        .map_err(|_| format!("{page}: the index does not answer with JSON; give another --index"))?;
    let files = listing["files"].as_array().map_or(&[][..], Vec::as_slice);
    let (rank, file) = files
        .iter()
        .filter_map(|file| Some((rank(file["filename"].as_str()?, name, version)?, file)))
        .min_by_key(|(rank, _)| *rank)
        .ok_or_else(|| {
            format!("{name}=={version}: the index has no wheel for Python 3.14 on x86-64 Linux")
        })?;
    debug_assert!(rank < u32::MAX);
    let field = |value: &Value, what: &str| {
        value.as_str().map(str::to_owned).ok_or_else(|| format!("{page}: the index gives no {what}"))
    };
    let filename = field(&file["filename"], "file name")?;
    let hash = field(&file["hashes"]["sha256"], "SHA-256")?;
    let url = absolute(&page, &field(&file["url"], "address")?);
    let data = download(&url, &filename)?;
    let got: String = Sha256::digest(&data).iter().map(|byte| format!("{byte:02x}")).collect();
    if got != hash {
        return Err(format!("{filename}: SHA-256 is {got}, the index says {hash}"));
    }
    let count = unpack(&data, target).map_err(|error| format!("{filename}: {error}"))?;
    println!("installed {filename}: {count} files in {}", target.display());
    Ok(())
}

/// How well a file fits: the smaller the better; None if it is no wheel of that version for us.
fn rank(filename: &str, name: &str, version: &str) -> Option<u32> {
    let parts: Vec<&str> = filename.strip_suffix(".whl")?.split('-').collect();
    let (wheel_name, wheel_version) = (parts.first()?, parts.get(1)?);
    if normalised(wheel_name) != normalised(name) || *wheel_version != version {
        return None;
    }
    let [python, abi, platform] = parts[parts.len() - 3..] else { return None };
    let native = platform.split('.').any(|tag| tag.contains("linux") && tag.ends_with("x86_64"));
    let glibc = platform.contains("manylinux") || platform.starts_with("linux");
    match abi {
        "cp314" if native && glibc => Some(0),
        "abi3" if native && glibc => {
            let minor: u32 = python.strip_prefix("cp3")?.parse().ok()?;
            if minor <= 14 { Some(100 - minor) } else { None }
        }
        "none" if platform == "any" && python.split('.').any(|tag| tag == "py3") => Some(200),
        _ => None,
    }
}

/// Addresses may be relative to the page.
fn absolute(page: &str, url: &str) -> String {
    if url.contains("://") {
        return url.to_owned();
    }
    let host = page.find("://").map_or(0, |at| at + 3);
    let root = page[host..].find('/').map_or(page.len(), |at| host + at);
    if url.starts_with('/') { format!("{}{url}", &page[..root]) } else { format!("{page}{url}") }
}

fn download(url: &str, filename: &str) -> Result<Vec<u8>, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{filename}: {error}");
    let answer = agent().get(url).call().map_err(|error| fail(&error))?;
    let total = answer.body().content_length().unwrap_or(0);
    let mut reader = answer.into_body().into_with_config().limit(LIMIT).reader();
    let (mut data, mut chunk) = (vec![], vec![0; 1 << 20]);
    loop {
        let n = reader.read(&mut chunk).map_err(|error| fail(&error))?;
        if n == 0 {
            break;
        }
        data.extend_from_slice(&chunk[..n]);
        eprint!("\r{filename}: {:.1} of {:.1} MB ", data.len() as f64 / 1e6, total as f64 / 1e6);
        let _ = std::io::stderr().flush();
    }
    eprintln!();
    Ok(data)
}

/// Unpacks a wheel; its `purelib` and `platlib` data go where the rest goes.
fn unpack(data: &[u8], target: &Path) -> Result<usize, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(data)).map_err(|error| error.to_string())?;
    let mut count = 0;
    for i in 0..archive.len() {
        let mut member = archive.by_index(i).map_err(|error| error.to_string())?;
        let name = member.enclosed_name().ok_or_else(|| format!("{}: a path outside", member.name()))?;
        if member.is_dir() {
            continue;
        }
        let mut parts: Vec<_> = name.components().collect();
        if parts.len() > 2 && parts[0].as_os_str().to_string_lossy().ends_with(".data") {
            match parts[1].as_os_str().to_string_lossy().as_ref() {
                "purelib" | "platlib" => parts.drain(..2),
                // Scripts, headers and such are not for import.
                _ => continue,
            };
        }
        let path = target.join(parts.iter().collect::<PathBuf>());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let mut file =
            std::fs::File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        std::io::copy(&mut member, &mut file).map_err(|error| format!("{}: {error}", path.display()))?;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wheel_of_cpython_is_chosen() {
        let rank = |file| rank(file, "Foo.bar", "1.0");
        assert_eq!(rank("foo_bar-1.0-cp314-cp314-manylinux_2_28_x86_64.whl"), Some(0));
        assert_eq!(rank("foo_bar-1.0-cp311-abi3-manylinux_2_17_x86_64.whl"), Some(89));
        assert_eq!(rank("foo_bar-1.0-py3-none-any.whl"), Some(200));
        assert_eq!(rank("foo_bar-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl"), None);
        assert_eq!(rank("foo_bar-1.0-cp314-cp314-musllinux_1_2_x86_64.whl"), None);
        assert_eq!(rank("foo_bar-1.0-cp314-cp314-macosx_11_0_arm64.whl"), None);
        assert_eq!(rank("foo_bar-1.1-py3-none-any.whl"), None);
        assert_eq!(rank("foo_bar-1.0.tar.gz"), None);
    }

    #[test]
    fn addresses_are_completed() {
        let page = "https://index.example/simple/foo/";
        assert_eq!(absolute(page, "https://files.example/a.whl"), "https://files.example/a.whl");
        assert_eq!(absolute(page, "/files/a.whl"), "https://index.example/files/a.whl");
        assert_eq!(absolute(page, "a.whl"), "https://index.example/simple/foo/a.whl");
    }
}
