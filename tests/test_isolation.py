"""Lo que ve y lo que puede una entrega mientras se la corrige, probado desde adentro."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from uuid import uuid4

import nbformat
import psutil
import pytest
from jupyter_client.manager import KernelManager
from nbformat.v4 import new_code_cell

from amq2.instructor.course import ROOT, open_nbgrader
from amq2.instructor.grade import grade
from amq2.isolation import nurseries
from amq2.isolation.level import ALLOW_UNSAFE, why_not
from amq2.isolation.provisioner import KERNEL, NURSERY, kernel_specs
from tests.api_server import wait_until
from tests.conftest import not_run
from tests.test_grading import OTHER_RIGHT, UNIT, ToyCourse, toy_course

MARK = f"marca-{uuid4().hex}"

PROBES = {
    "outside": "can_connect({port})",
    "loopback": "can_connect(own_server())",
    "notebooks": "[str(p) for p in Path('/').rglob('*.ipynb') if 'proc' not in p.parts]",
    "seen": "[path for path in {paths!r} if Path(path).exists()]",
    "secret": "'SECRETO-' + 'DEL-DOCENTE' in environments()",
    "written": "[path for path in {system!r} if can_write(path)]",
    "shared": "can_write(Path(get_connection_file()).parent)",
    "temporary": "can_write(tempfile.gettempdir())",
    "processes": "sorted(p for p in os.listdir('/proc') if p.isdigit())",
    "user": "os.getuid()",
    "arguments": "Path('/proc/self/cmdline').read_text().split(chr(0))",
    "open": "resource.getrlimit(resource.RLIMIT_NOFILE)",
    "memory": "in_a_child('bytearray(6 * 1024**3)')",
    "forks": "how_many_forks()",
    "disk": "fill(Path(tempfile.gettempdir()) / 'enorme')",
    "left": "leave_a_process()",
}

HELPERS = f"""
import json, os, resource, signal, socket, subprocess, sys, tempfile
from pathlib import Path
from ipykernel import get_connection_file

def can_connect(port):
    try:
        socket.create_connection(('127.0.0.1', port), timeout=2).close()
    except OSError:
        return False
    return True

def own_server():
    global server
    server = socket.create_server(('127.0.0.1', 0))
    return server.getsockname()[1]

def can_write(folder):
    try:
        (Path(folder) / '{MARK}').write_text('hola')
    except OSError:
        return False
    return True

def environments():
    texts = [str(os.environ)]
    for path in Path('/proc').glob('[0-9]*/environ'):
        try:
            texts.append(path.read_text())
        except OSError:
            pass
    return ' '.join(texts)

def in_a_child(code):
    return subprocess.run([sys.executable, '-c', code], capture_output=True).returncode

def how_many_forks():
    children = []
    try:
        while len(children) < 1000:
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    except OSError:
        pass
    for child in children:
        os.kill(child, 9)
        os.waitpid(child, 0)
    return len(children)

def fill(path):
    try:
        for number in range(20):
            path.with_suffix(f'.{{number}}').write_bytes(bytes(100 * 1024**2))
    except OSError:
        pass
    done = sum(p.stat().st_size for p in path.parent.glob('enorme*'))
    for p in path.parent.glob('enorme*'):
        p.unlink()
    return done

def leave_a_process():
    code = 'import time; time.sleep(600)'
    subprocess.Popen(['setsid', '-f', sys.executable, '-c', code, '{MARK}'], start_new_session=True)
"""


@dataclass(frozen=True)
class Inside:
    """Lo que contestó cada sonda desde adentro de una entrega."""

    course: ToyCourse
    answers: dict[str, object]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> ToyCourse:
    if reason := why_not():
        not_run(
            f"namespaces ({reason})", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    root = tmp_path_factory.mktemp("encierro")
    return toy_course(root)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def submit_probes(course: ToyCourse, student: str, port: int) -> None:
    """Una entrega que prueba todo y escribe lo que encontró."""
    root = course.root
    secret = [root / name for name in ("gradebook.db", "solutions", "submitted", "notebooks")]
    ours = [ROOT / name for name in ("solutions", "tests", ".git", "notebooks", "submitted")]
    system = [sys.prefix, sys.base_prefix, "/usr/lib", "/etc", str(ROOT / "src" / "amq2"), "/proc"]
    known = {"port": port, "paths": [str(path) for path in secret + ours], "system": system}
    notebook = course.solved()
    notebook.cells.insert(1, new_code_cell(HELPERS))
    for name, code in PROBES.items():
        source = f"print('{name}', json.dumps({code.format(**known)}), sep='\\t')"
        notebook.cells.insert(-2, new_code_cell(source))
    course.submit(student, notebook)


def read_answers(course: ToyCourse, student: str) -> dict[str, object]:
    path = course.root / "autograded" / student / UNIT / f"{UNIT}.ipynb"
    texts = [
        output.text
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    ]
    lines = [line.split("\t") for line in "".join(texts).splitlines() if "\t" in line]
    return {name: json.loads(value) for name, value in lines}


@pytest.fixture(scope="module")
def inside(course: ToyCourse, port: int) -> Inside:
    submit_probes(course, "ana", port)
    course.submit("beto", course.solved())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAVE", "SECRETO-DEL-DOCENTE")
        grade([UNIT], course.root)
    return Inside(course, read_answers(course, "ana"))


def test_every_probe_answered_and_the_points_are_the_same(inside: Inside) -> None:
    assert set(inside.answers) == set(PROBES)
    assert inside.course.scores("ana") == [2, 1, ""]


def test_the_network_is_only_its_own_loopback(inside: Inside) -> None:
    assert inside.answers["loopback"] is True
    assert inside.answers["outside"] is False


def test_no_notebook_nor_anything_of_the_course_is_visible(inside: Inside) -> None:
    assert not any("solutions" in p or UNIT in p for p in inside.answers["notebooks"])  # type: ignore[attr-defined]
    assert inside.answers["seen"] == []


def test_the_environment_of_who_grades_is_not_visible(inside: Inside) -> None:
    assert inside.answers["secret"] is False


def test_the_arguments_do_not_tell_what_the_hidden_tests_use(inside: Inside) -> None:
    assert not [text for text in inside.answers["arguments"] if "import" in text]  # type: ignore[attr-defined]


def test_the_system_is_read_only_and_not_root(inside: Inside) -> None:
    assert inside.answers["written"] == []
    assert inside.answers["shared"] is False
    assert inside.answers["user"] != 0


def test_the_temporary_folder_is_its_own_and_is_gone(inside: Inside) -> None:
    assert inside.answers["temporary"] is True
    left = Path(tempfile.gettempdir()).glob("amq2-*")
    assert not [top for top in left for _, _, files in os.walk(top) if MARK in files]


def test_only_its_own_processes_are_visible(inside: Inside) -> None:
    assert inside.answers["processes"] == ["1"]


def test_memory_processes_and_disk_have_a_limit_also_in_children(inside: Inside) -> None:
    assert inside.answers["memory"] != 0
    assert inside.answers["open"] == [1024, 1024]
    assert 10 < int(str(inside.answers["forks"])) < 250
    assert int(str(inside.answers["disk"])) < 600 * 1024**2


def test_nothing_that_it_started_is_left(inside: Inside) -> None:
    assert inside.answers["left"] is None
    assert not [p for p in psutil.process_iter(["cmdline"]) if MARK in (p.info["cmdline"] or [])]


def test_stock_nbgrader_isolates_the_same(course: ToyCourse, inside: Inside, port: int) -> None:
    submit_probes(course, "carla", port)
    result = open_nbgrader(course.root).autograde(UNIT, "carla")
    assert result["success"]
    answers = read_answers(course, "carla")
    for name in ("outside", "loopback", "seen", "secret", "written", "processes"):
        assert answers[name] == inside.answers[name]
    assert course.scores("carla") == [2, 1, ""]


WITHOUT_NAMESPACES = """
import ctypes, os, sys
user = os.getuid()
assert ctypes.CDLL(None).unshare(0x10000000) == 0
open('/proc/self/uid_map', 'w').write(f'1000 {user} 1')
open('/proc/sys/user/max_user_namespaces', 'w').write('0')
os.execv(sys.executable, [sys.executable, '-m', 'amq2.instructor.grade', '00-inicio'])
"""


@pytest.mark.parametrize(
    ("allowed", "said"), [("", "No corrijo sin protección"), ("1", "Aislamiento: NINGUNO")]
)
def test_without_namespaces_it_refuses_to_grade_unless_told(
    course: ToyCourse, allowed: str, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NAMESPACES],
        env={**os.environ, ALLOW_UNSAFE: allowed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said in (done.stderr if not allowed else done.stdout)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


WAITS = "import subprocess, time\nsubprocess.Popen(['sleep', '60'])\ntime.sleep(2)"


GRADE = """
import sys
from pathlib import Path
from amq2.instructor.grade import grade, summary
print(summary(grade([sys.argv[1]], Path(sys.argv[2]))))
"""


def supervisors(grader: int) -> list[psutil.Process]:
    """Los que vigilan los kernels que pidió un proceso."""
    found: list[psutil.Process] = []
    for one in psutil.Process(grader).children():
        with suppress(psutil.NoSuchProcess):
            found += one.children() if "amq2.isolation.nursery" in one.cmdline() else []
    return found


def is_waiting(grader: int) -> bool:
    """Si una entrega ya está corriendo."""
    with suppress(psutil.NoSuchProcess):
        below = [one for top in supervisors(grader) for one in top.children(recursive=True)]
        return "sleep" in [one.name() for one in below]
    return False


def test_a_kernel_lost_by_the_machine_is_not_charged_and_is_tried_again(course: ToyCourse) -> None:
    course.submit("dora", course.solved(second=f"{OTHER_RIGHT}\n{WAITS}"))
    command = [sys.executable, "-c", GRADE, UNIT, str(course.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as grading:
        assert wait_until(lambda: is_waiting(grading.pid), 20)
        for one in supervisors(grading.pid):
            one.kill()
        said, _ = grading.communicate()
    assert "una falla de la máquina" in said
    assert course.scores("dora") == ["", "", ""]
    [again] = [one for one in grade([UNIT], course.root) if one.student == "dora"]
    assert (again.skipped, again.problem) == (False, None)
    assert course.scores("dora") == [2, 1, ""]


FAILS_ONCE = """
import os
real = os.fork
def fork():
    os.fork = real
    raise OSError(11, "no hay lugar")
os.fork = fork
"""


def test_a_nursery_goes_on_after_a_copy_that_could_not_be_made(course: ToyCourse) -> None:
    env = {**os.environ, NURSERY: str(nurseries.nursery_for(FAILS_ONCE))}
    manager = KernelManager(kernel_name=KERNEL, kernel_spec_manager=kernel_specs())
    with pytest.raises(OSError, match="no hay lugar"):
        manager.start_kernel(env=env)
    manager.start_kernel(env=env)
    assert manager.is_alive()
    manager.shutdown_kernel(now=True)


def nested(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Ejecuta `code` como un usuario común, con `folder` en un sistema de archivos sin ejecución.

    Los dos valen también si quien prueba es root.
    """
    before = f"""
import ctypes, os, signal, sys
from pathlib import Path
from amq2.isolation import namespaces, room
user, group = os.getuid(), os.getgid()
assert ctypes.CDLL(None).unshare(0x10020000) == 0
Path('/proc/self/setgroups').write_text('deny')
Path('/proc/self/uid_map').write_text(f'1000 {{user}} 1')
Path('/proc/self/gid_map').write_text(f'1000 {{group}} 1')
folder = Path({str(folder)!r})
namespaces.mount('tmpfs', folder, 'tmpfs', 0x8)
for name in ('raiz', 'trabajo', 'z'):
    (folder / name).mkdir()
here = room.Room(folder / 'trabajo', folder / 'z')
"""
    command = [sys.executable, "-c", before + code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


CLOSES = """
if child := room.shut_in(here, folder / 'raiz'):
    os.waitpid(child, 0)
    room.close(here)
"""


def test_a_folder_that_cannot_execute_is_good_for_an_ordinary_user(
    tmp_path: Path, course: ToyCourse
) -> None:
    done = nested(tmp_path, CLOSES)
    assert (done.returncode, done.stderr) == (0, "")


HIDES_ITS_MEMORY = """
from amq2.isolation.memory import uses_more_than
waits, tells = os.pipe()
if child := room.shut_in(here, folder / 'raiz'):
    os.read(waits, 1)
    print(uses_more_than(600 * 1024**2))
    os.kill(child, 9)
else:
    kept = b'x' * 800 * 1024**2
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
    os.write(tells, b'.')
    signal.pause()
"""


def test_a_process_that_hides_its_memory_is_counted_whole(
    tmp_path: Path, course: ToyCourse
) -> None:
    done = nested(tmp_path, HIDES_ITS_MEMORY)
    assert done.stdout == "True\n", done.stderr


ABANDON = """
import os, signal, psutil
from jupyter_client import KernelManager
from amq2.isolation import nurseries
from amq2.isolation.provisioner import KERNEL, kernel_specs
manager = KernelManager(kernel_name=KERNEL, kernel_spec_manager=kernel_specs())
manager.start_kernel()
[nursery] = nurseries._running.values()
print(manager.provisioner.pid, nursery.folder, manager.provisioner.folder, flush=True)
{ending}
os.kill(os.getpid(), 9)
"""


LET_GO = "import ctypes; assert ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) == -1"
"""Para una entrega: no morir con el proceso que la vigila (`man 2 PR_SET_PDEATHSIG`)."""

KILL = f"""
client = manager.blocking_client()
client.start_channels()
client.wait_for_ready(timeout=20)
def run(code):
    return client.execute_interactive(code, timeout=20)["content"]["status"]
assert run({LET_GO!r}) == "ok"
supervisor = psutil.Process(manager.provisioner.pid).parent()
"""
ENDINGS = {
    "la matan": "",
    "apaga el vivero": "nurseries.turn_off_all()",
    "matan al que vigila": f"{KILL}supervisor.kill()",
    "matan al vivero": f"{KILL}supervisor.parent().kill()\nnurseries.turn_off_all()",
    "Ctrl-C": f"""
signal.signal(signal.SIGINT, signal.SIG_IGN)
{KILL}
os.killpg(0, signal.SIGINT)
assert run("pass") == "ok"
""",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_kernel_ends_with_its_nursery_and_with_who_asked_for_it(
    course: ToyCourse, ending: str
) -> None:
    command = [sys.executable, "-c", ABANDON.format(ending=ending)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, start_new_session=True
    )
    assert done.returncode == -9, done.stderr
    pid, *folders = done.stdout.split()
    assert wait_until(lambda: not psutil.pid_exists(int(pid)), 10)
    assert wait_until(lambda: not any(Path(folder).exists() for folder in folders), 10)


KILLS_ITS_OWNER = """
from amq2.isolation.nurseries import nursery_for
nursery_for("import os, time; os.kill(os.getppid(), 9); time.sleep(0.3)")
"""


def test_a_nursery_leaves_nothing_if_its_owner_is_killed_while_it_imports(
    tmp_path: Path, course: ToyCourse
) -> None:
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", KILLS_ITS_OWNER], env=env, check=False)
    assert done.returncode == -9
    assert wait_until(lambda: not list(tmp_path.iterdir()), 10)
