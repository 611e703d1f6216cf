"""Where headers are looked for, reading them once, and what to say when one is not there."""

from __future__ import annotations

import os

from ..diagnostics import Edit, Fix, did_you_mean
from ..records import NamedTuple, dataclass
from . import vmlinux
from .options import PreprocessOptions
from .scan import Scan, scan

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILTIN_HEADERS = os.path.join(_PACKAGE, "stdlib", "include")
_LONGEST_NAME = 4096  # PATH_MAX
HOST_HEADERS = ("/usr/local/include", "/usr/include")


class Folder(NamedTuple):
    """A folder of the search list; headers from system folders get no warnings."""

    path: str
    system: bool


class Found(NamedTuple):
    """A header: its path, the index of its folder in the search list (-1: beside the file that includes it)."""

    path: str
    folder: int
    system: bool


@dataclass(slots=True)
class Header:
    """A header's text, cut up, and what tells whether two paths are the same file."""

    path: str
    scan: Scan
    identity: tuple[int, int]


class Headers:
    """The search list and the headers read so far."""

    def __init__(self, options: PreprocessOptions) -> None:
        self.folders = [Folder(path, False) for path in options.quote]
        self.angled = len(self.folders)  # the first folder searched for <x>
        self.folders += [Folder(path, False) for path in options.include]
        self.folders += [Folder(path, True) for path in options.system]
        if options.builtin_headers:
            self.folders.append(Folder(BUILTIN_HEADERS, True))
        if options.host_headers:
            self.folders += [Folder(options.root + path, True) for path in HOST_HEADERS]
        self.folders += [Folder(path, True) for path in options.after]
        self.options = options
        self._journal = options.journal
        self._headers: dict[str, Header] = {}
        self._found: dict[tuple[str, int], Found | None] = {}

    def find(self, name: str, beside: str | None, system: bool, start: int) -> Found | None:
        """Look for `name` in the folder `beside` (if not None), then in the list from index `start` on. A vmlinux.h that is
        nowhere is found all the same if there is BTF to make it from (`vmlinux`)."""
        if "\0" in name:
            return None
        found = self._find(name, beside, system, start)
        return vmlinux.found(self.options) if found is None and vmlinux.is_named(name) else found

    def _find(self, name: str, beside: str | None, system: bool, start: int) -> Found | None:
        if os.path.isabs(name):
            return Found(name, -1, system) if self._journal.is_file(name) else None
        if beside is not None:
            path = os.path.join(beside or ".", name)
            if self._journal.is_file(path):
                return Found(path, -1, system)
        key = (name, start)
        if key not in self._found:
            self._found[key] = self._search(name, start)
        return self._found[key]

    def _search(self, name: str, start: int) -> Found | None:
        for index in range(start, len(self.folders)):
            path = os.path.join(self.folders[index].path, name)
            if self._journal.is_file(path):
                return Found(path, index, self.folders[index].system)
        return None

    def load(self, path: str) -> Header:
        """The header at `path`. Raises OSError."""
        header = self._headers.get(path)
        if header is None and path == vmlinux.PATH:
            header = self._headers[path] = Header(path, scan(vmlinux.text(self.options)), (-1, -2))
        if header is None:
            with open(path, "rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                data = file.read()
            self._journal.read(path, status)
            header = Header(path, scan(data.decode("utf-8", "surrogateescape")), (status.st_dev, status.st_ino))
            self._headers[path] = header
        return header

    def missing(self, name: str, quoted: bool, beside: str | None, at: int = -1) -> str:
        """What to do about a header that was not found. `at`: where it is named, with its quotes or brackets."""
        from difflib import get_close_matches

        if len(name) > _LONGEST_NAME or "\0" in name:
            return "that is no file's name"
        if vmlinux.is_named(name):
            return "give a file with the kernel's BTF with --btf FILE, or the folder of a vmlinux.h with -I"
        if not quoted:
            if beside is not None and os.path.isfile(os.path.join(beside or ".", name)):
                return Fix(f'it lies beside the file that includes it: write #include "{name}"',
                           Edit(at, f"<{name}>", f'"{name}"'))  # fmt: skip
        for folder in _places():
            if os.path.isfile(os.path.join(folder, name)):
                return f"it is in {folder}: add -I{folder}"
        names = self._names(name, beside)
        close = get_close_matches(name, names, 1, 0.85)
        if close:
            return did_you_mean(close[0], name, at + 1)
        top = name.split("/")[0]
        if "/" in name and top in ("linux", "net", "asm", "uapi"):
            return ("BPF programs can use the kernel's user-space headers only; for types inside the kernel include vmlinux.h. "
                    "If it is a header of your own, add its folder with -I")  # fmt: skip
        same = [candidate for candidate in names if os.path.basename(candidate) == os.path.basename(name)]
        if same:
            return did_you_mean(same[0], name, at + 1)
        for end in range(len(name) - 1, 0, -1):  # "lib/x.h" where only "x.h" is there
            if name[end - 1] == "/" and (found := self.find(name[end:], beside, False, 0)):
                return f"there is {found.path}: write '{name[end:]}', or add the folder that holds '{name}' with -I"
        return "add the folder that holds it with -I"

    def _names(self, name: str, beside: str | None) -> list[str]:
        """Headers that are there, in the folders where `name` was looked for."""
        folder = os.path.dirname(name)
        names: dict[str, None] = {}
        roots = [beside or "."] if beside is not None else []
        for root in roots + [folder.path for folder in self.folders]:
            for inner in {folder, ""}:
                try:
                    for entry in os.scandir(os.path.join(root, inner)):
                        if entry.name.endswith(".h"):
                            names[os.path.join(inner, entry.name)] = None
                except (OSError, ValueError):
                    continue
        return list(names)


def _places() -> list[str]:
    """Folders of this machine that often hold what is missing: Debian keeps asm/ in a folder named after the machine."""
    import platform

    machine = platform.machine()
    triplets = [f"{machine}-linux-gnu", "x86_64-linux-gnu", "aarch64-linux-gnu", "arm-linux-gnueabihf"]
    return [*(f"/usr/include/{triplet}" for triplet in dict.fromkeys(triplets)), *HOST_HEADERS, BUILTIN_HEADERS]
