"""Makes .venv and installs the locked packages into it; `make run` and `make test` call this first.

    python3 deploy/environment.py [--tests]

Whatever Python is on the path reads this file, so it keeps to what Python 2.7 understands and gives one clear sentence.
A second run finds its own note of what is installed and is done at once. An install that was cut off leaves no note and is repeated.
"""

import hashlib
import os
import subprocess
import sys

NEEDED = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
NO_CONNECTION = ("NewConnectionError", "Connection broken", "ConnectTimeout", "ReadTimeout", "Could not fetch URL", "name resolution")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
NOTE = os.path.join(VENV, "installed.txt")
LOG = os.path.join(VENV, "install.log")
LOCKS = {"site": os.path.join(ROOT, "requirements.txt"), "tests": os.path.join(ROOT, "tests", "requirements.txt")}


def stop(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def runs(command):
    """True where `command` starts and succeeds; what it prints is of no interest."""
    with open(os.devnull, "r+") as nowhere:
        try:
            return subprocess.call(command, stdin=nowhere, stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            return False


def use_a_newer_python():
    """Start again under a newer Python of the path; where PYTHON names one, take it at its word."""
    if not os.environ.get("PYTHON"):
        for name in NEWER:
            if runs([name, "-c", "import sys; sys.exit(sys.version_info[:2] < (3, 11))"]):
                os.execvp(name, [name] + sys.argv)
    have = ".".join(str(part) for part in sys.version_info[:2])
    sentence = "Mainstay needs Python 3.11 or newer; %s is Python %s. Install a newer one, or name it: make run PYTHON=python3.11"
    stop(sentence % (sys.executable, have))


def insist_on_modules():
    for name in ("ssl", "sqlite3"):
        try:
            __import__(name)
        except ImportError:
            sentence = "This Python was built without its %s module, which Mainstay needs. Name another: make run PYTHON=/usr/bin/python3"
            stop(sentence % name)
    try:
        __import__("venv")
        __import__("ensurepip")
    except ImportError:
        package = "python%d.%d-venv" % sys.version_info[:2]
        stop("Python's venv module is missing. On Debian or Ubuntu: sudo apt install %s, then run this again." % package)


def wanted(tests):
    """What the note must say, a line each: the Python, and the hash of each lock that is to be installed."""
    lines = ["python %d.%d" % sys.version_info[:2]]
    for name in ("site", "tests") if tests else ("site",):
        with open(LOCKS[name], "rb") as lock:
            lines.append("%s %s" % (name, hashlib.sha256(lock.read()).hexdigest()))
    return lines


def noted():
    try:
        with open(NOTE) as note:
            return note.read().split("\n")
    except (IOError, OSError):
        return []


def make_venv():
    """Keep an environment that works and has the same Python; replace any other with a fresh one."""
    check = "import sys, pip; sys.exit(sys.version_info[:2] != (%d, %d))" % sys.version_info[:2]
    if runs([PYTHON, "-c", check]):
        return
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        stop("Python could not make an environment in %s. The lines above say why." % VENV)


def install(lock):
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "-r", lock, "--quiet", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "--retries", "2", "--timeout", "15"]
    with open(LOG, "w") as log:
        failed = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT)
    if failed:
        explain()


def explain():
    with open(LOG) as log:
        said = log.read()
    if "DO NOT MATCH THE HASHES" in said:
        stop("A package differs from the one that was locked, so nothing was installed. Details: %s" % LOG)
    if "No space left" in said:
        stop("The disk is full: Mainstay's packages take about 400 MB.")
    if any(sign in said for sign in NO_CONNECTION):
        stop("The packages could not be fetched: no connection to the package index. Run this again when there is one.")
    stop(said[-2000:] + "\nThe packages could not be installed. Run this again; the whole story is in %s" % LOG)


def main():
    if sys.version_info[:2] < NEEDED:
        use_a_newer_python()
    tests = "--tests" in sys.argv[1:]
    want = wanted(tests)
    if set(want) <= set(noted()) and os.path.exists(PYTHON):
        return
    insist_on_modules()
    if os.path.exists(NOTE):
        os.remove(NOTE)
    print("Fetching what Mainstay needs%s, once. This takes about a minute." % (" and its tests need" if tests else ""))
    sys.stdout.flush()
    make_venv()
    install(LOCKS["tests" if tests else "site"])
    with open(NOTE, "w") as note:
        note.write("\n".join(want) + "\n")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("\nStopped. Run it again: it goes on from here.")
