//! `scandir` and its entries.

use super::directories::Dir;
use super::stat::{do_stat, result};
use crate::os_support::*;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::args::Args;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::none;
use adder_vm::def;
use adder_vm::error::PyResult;
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use std::cell::{Cell, RefCell};

/// The iterator that `scandir` returns.
#[pyclass(name = "ScandirIterator", module = "posix", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct ScandirIterator {
    h: LongHeader,
    path: Field<Value>,
    dir: RefCell<Option<Dir>>,
    fd: Cell<i32>,
    is_bytes: Cell<bool>,
}

/// One entry of a directory.
#[pyclass(name = "DirEntry", module = "posix", flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct DirEntry {
    h: LongHeader,
    name: Field<Value>,
    path: Field<Value>,
    /// stat results once asked for.
    stat: Field<Option<Value>>,
    lstat: Field<Option<Value>>,
    inode: Cell<u64>,
    /// The directory's descriptor, or -1.
    dir_fd: Cell<i32>,
    kind: Cell<u8>,
}

impl ScandirIterator {
    fn end(this: Ref<ScandirIterator>) {
        drop(this.dir.borrow_mut().take());
    }
}

/// The path of an entry: the directory's path, a slash if needed, the name.
fn join(vm: &Vm, directory: Value, name: &[u8], is_bytes: bool) -> PyResult<Value> {
    let path = PathNone::convert(vm, Some(directory), "scandir", "path")?;
    let mut full = if path.object.is_some() { path.text.as_bytes().to_vec() } else { b".".to_vec() };
    if full.last().is_some_and(|b| *b != b'/') {
        full.push(b'/');
    }
    full.extend_from_slice(name);
    if is_bytes { vm.new_bytes(&full) } else { vm.fs_decode(&full) }
}

#[pymethods]
impl ScandirIterator {
    #[slot(tp_iter)]
    fn iter(_vm: &Vm, this: Value) -> PyResult<Value> {
        Ok(this)
    }

    #[slot(tp_iternext)]
    fn next(vm: &Vm, this: Value) -> PyResult<Option<Value>> {
        // SAFETY: installed as a slot of this class only.
        let this: Ref<ScandirIterator> = unsafe { this.cast() };
        let taken = this.dir.borrow_mut().take();
        let Some(mut dir) = taken else { return Ok(None) };
        let entry = match vm.allow_threads(|| dir.next()) {
            Ok(Some(e)) => e,
            Ok(None) => return Ok(None),
            Err(e) => return Err(vm.os_error(e, Some(this.path.get()).filter(|p| !p.is_none()))),
        };
        *this.dir.borrow_mut() = Some(dir);
        let is_bytes = this.is_bytes.get();
        let name = if is_bytes { vm.new_bytes(&entry.name)? } else { vm.fs_decode(&entry.name)? };
        let path = if this.fd.get() >= 0 { name } else { join(vm, this.path.get(), &entry.name, is_bytes)? };
        let made = adder_heap::new(
            DirEntry::shape(),
            DirEntry {
                h: LongHeader::new(),
                name: Field::new(name),
                path: Field::new(path),
                stat: Field::new(None),
                lstat: Field::new(None),
                inode: Cell::new(entry.inode),
                dir_fd: Cell::new(this.fd.get()),
                kind: Cell::new(entry.kind),
            },
        );
        Ok(Some(made.value()))
    }

    #[pymethod("($self, /)")]
    fn __enter__(_vm: &Vm, this: Ref<ScandirIterator>) -> Value {
        this.value()
    }

    #[pymethod]
    fn __exit__(_vm: &Vm, this: Ref<ScandirIterator>, _args: Args) {
        ScandirIterator::end(this);
    }

    #[pymethod("($self, /)")]
    fn close(_vm: &Vm, this: Ref<ScandirIterator>) {
        ScandirIterator::end(this);
    }

    #[slot(tp_finalize)]
    fn finalize(vm: &Vm, this: Value) {
        // SAFETY: installed as a slot of this class only.
        let it: Ref<ScandirIterator> = unsafe { this.cast() };
        if it.dir.borrow().is_some() {
            let shown = vm.repr_string(this).unwrap_or_default();
            if let Err(raised) = vm.warn(Exc::ResourceWarning, &format!("unclosed scandir iterator {shown}"))
            {
                vm.unraisable(raised, "Exception ignored while finalizing scandir iterator", this);
            }
            ScandirIterator::end(it);
        }
    }
}

impl DirEntry {
    fn fetch(vm: &Vm, this: Ref<DirEntry>, follow: bool) -> PyResult<libc::stat> {
        let path = PathFd::convert(vm, Some(this.path.get()), "stat", "path")?;
        let dir_fd = if this.dir_fd.get() >= 0 { DirFd(this.dir_fd.get()) } else { DirFd(libc::AT_FDCWD) };
        do_stat(vm, "DirEntry", &path, &dir_fd, follow)
    }

    fn stat_value(vm: &Vm, this: Ref<DirEntry>, follow: bool) -> PyResult<Value> {
        let direct = !follow || this.kind.get() != libc::DT_LNK && this.kind.get() != libc::DT_UNKNOWN;
        let cell = if direct { &this.lstat } else { &this.stat };
        if let Some(v) = cell.get() {
            return Ok(v);
        }
        let st = Self::fetch(vm, this, !direct)?;
        let v = result(vm, &st);
        let cell = if direct { &this.lstat } else { &this.stat };
        cell.set(this, Some(v));
        Ok(v)
    }

    /// Whether the entry is of a type (`S_IFDIR`, ...); a broken link is nothing.
    fn test(vm: &Vm, this: Ref<DirEntry>, follow: bool, mode: u32, kind: u8) -> PyResult<bool> {
        let own = this.kind.get();
        if own != libc::DT_UNKNOWN && !(follow && own == libc::DT_LNK) {
            return Ok(own == kind);
        }
        match Self::fetch(vm, this, follow) {
            Ok(st) => Ok(st.st_mode & libc::S_IFMT == mode),
            Err(raised) => {
                vm.swallow(raised, Exc::FileNotFoundError)?;
                Ok(false)
            }
        }
    }
}

#[pymethods]
impl DirEntry {
    /// the entry's base filename, relative to scandir() "path" argument
    #[getter]
    fn name(_vm: &Vm, this: Ref<DirEntry>) -> Value {
        this.name.get()
    }

    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[getter]
    fn path(_vm: &Vm, this: Ref<DirEntry>) -> Value {
        this.path.get()
    }

    #[slot(tp_repr)]
    fn repr(vm: &Vm, this: Value) -> PyResult<Value> {
        // SAFETY: installed as a slot of this class only.
        let e: Ref<DirEntry> = unsafe { this.cast() };
        let name = vm.repr(e.name.get())?;
        vm.concat_strings(&[vm.new_str("<DirEntry "), name, vm.new_str(">")])
    }

    /// Return True if the entry is a directory; cached per entry.
    #[pymethod("($self, /, *, follow_symlinks=True)")]
    fn is_dir(vm: &Vm, this: Ref<DirEntry>, follow_symlinks: Option<bool>) -> PyResult<bool> {
        DirEntry::test(vm, this, follow_symlinks.unwrap_or(true), libc::S_IFDIR, libc::DT_DIR)
    }

    /// Return True if the entry is a file; cached per entry.
    #[pymethod("($self, /, *, follow_symlinks=True)")]
    fn is_file(vm: &Vm, this: Ref<DirEntry>, follow_symlinks: Option<bool>) -> PyResult<bool> {
        DirEntry::test(vm, this, follow_symlinks.unwrap_or(true), libc::S_IFREG, libc::DT_REG)
    }

    /// Return True if the entry is a symbolic link; cached per entry.
    #[pymethod("($self, /)")]
    fn is_symlink(vm: &Vm, this: Ref<DirEntry>) -> PyResult<bool> {
        DirEntry::test(vm, this, false, libc::S_IFLNK, libc::DT_LNK)
    }

    /// Return True if the entry is a junction; cached per entry.
    #[pymethod("($self, /)")]
    fn is_junction(_vm: &Vm, _this: Ref<DirEntry>) -> bool {
        false
    }

    /// Return stat_result object for the entry; cached per entry.
    #[pymethod("($self, /, *, follow_symlinks=True)")]
    fn stat(vm: &Vm, this: Ref<DirEntry>, follow_symlinks: Option<bool>) -> PyResult<Value> {
        DirEntry::stat_value(vm, this, follow_symlinks.unwrap_or(true))
    }

    /// Return inode of the entry; cached per entry.
    #[pymethod("($self, /)")]
    fn inode(_vm: &Vm, this: Ref<DirEntry>) -> u64 {
        this.inode.get()
    }

    /// Returns the path for the entry.
    #[pymethod("($self, /)")]
    fn __fspath__(_vm: &Vm, this: Ref<DirEntry>) -> Value {
        this.path.get()
    }

    /// See PEP 585
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &Vm, class: Value, object: Value) -> PyResult<Value> {
        adder_vm::builtins::union_::generic_alias(vm, class, object)
    }
}

#[pymodule("posix")]
pub mod functions {
    use super::*;

    /// Return an iterator of DirEntry objects for given path.
    #[pyfunction("($module, /, path=None)")]
    fn scandir(vm: &Vm, path: PathFdNone) -> PyResult<Value> {
        let dir = Dir::open(vm, &path)?;
        let it = ScandirIterator {
            h: LongHeader::new(),
            path: Field::new(path.object.unwrap_or(none())),
            dir: RefCell::new(Some(dir)),
            fd: Cell::new(path.fd.unwrap_or(-1)),
            is_bytes: Cell::new(path.is_bytes),
        };
        let it = adder_heap::new(ScandirIterator::shape(), it).value();
        adder_heap::register_finalizer(it);
        Ok(it)
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        ready_class::<ScandirIterator>(vm);
        m.dict().set_str(vm, "DirEntry", ready_class::<DirEntry>(vm).value());
        Ok(())
    }
}
