"""The programs of `tracebacks.py`: each makes CPython print one thing that it can print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any


@dataclass(frozen=True)
class Condition:
    """One program, and what must be known to run it."""

    name: str
    source: str
    since: tuple[int, int] = (3, 8)
    needs_system: bool = False
    """True where it needs threads, processes, signals or an end of the interpreter."""
    files: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[Mapping[str, Any], ...] = ()
    """The truth where no exception object can be noted: the program does not begin to run."""


def _program(source: str) -> str:
    return "import noting\n" + dedent(source).lstrip("\n")


def _plain(name: str, source: str, **more: Any) -> Condition:
    return Condition(name, _program(source), **more)


_GROUPS = (3, 11)
_BROKEN = {"type": "SyntaxError", "frames": [["/opt/bot/main.py", 2, ""]]}

_RAISED = (
    _plain("plain", "def f(n):\n    return 1 / n\n\nf(0)\n"),
    _plain("deep", "def a(x):\n    return b(x)['k']['l']\ndef b(x):\n    return {'k': x}\na(None)\n"),
    _plain("call over lines", "def f(*all):\n    return sum(all)\nf(\n    1,\n    'two',\n    3,\n)\n"),
    _plain("lambda", "def deco(f):\n    return lambda *a: f(*a)\n@deco\ndef g():\n    return [1 / n for n in (1, 0)]\ng()\n"),
    _plain("method", "class Store:\n    class Inner:\n        def get(self):\n            raise LookupError('row 7')\nStore.Inner().get()\n"),
    _plain("no message", "raise ValueError\n"),
    _plain("empty message", "raise ValueError('')\n"),
    _plain("blank message", "raise ValueError(' ')\n"),
    _plain("assertion", "def check(n):\n    assert n > 1\ncheck(1)\n"),
    _plain("key error", "{}['user id: 7']\n"),
    _plain("str fails", "class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError\nraise Odd\n"),
    _plain("local class", "def make():\n    class OwnError(Exception):\n        pass\n    return OwnError\nraise make()('x')\n"),
    _plain("module class", "import store\nstore.fail()\n", files={"store.py": "class Store:\n    class lost(Exception):\n        pass\ndef fail():\n    raise Store.lost('gone: 7')\n"}),
    _plain("lower case class", "import store\nstore.fail()\n", files={"store.py": "class timeout(OSError):\n    pass\ndef fail():\n    raise timeout('timed out')\n"}),
    _plain("os error", "open('/data/none/bot.db')\n"),
    _plain("decode error", "b'\\xff\\xfe'.decode('utf-8')\n"),
    _plain("json error", "import json\njson.loads('{')\n"),
    _plain("socket timeout", "import socket\nraise socket.timeout('timed out')\n"),
    _plain("interrupt", "def wait():\n    raise KeyboardInterrupt\nwait()\n"),
    _plain("memory", "bytearray(1 << 62)\n"),
    _plain("recursion", "import sys\nsys.setrecursionlimit(120)\ndef f(n):\n    return f(n + 1)\nf(0)\n"),
    _plain("mutual recursion", "import sys\nsys.setrecursionlimit(60)\ndef f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(0)\n", needs_system=True),
    _plain("frozen", "import importlib\nimportlib.import_module('no_such_module.at_all')\n"),
    _plain("exec", "code = 'def f(x):\\n    return 1 / x\\nf(0)\\n'\nexec(code)\n"),
    _plain("named code", "exec(compile('1 / 0', '<job 7>', 'exec'))\n"),
    _plain("suggested name", "noting.SUFFIX = \". Did you mean: 'counter'?\" if noting.sys.version_info >= (3, 10) else ''\ncounter = 1\nprint(countre)\n"),
    _plain("suggested attribute", "class Bot:\n    token = 1\nnoting.SUFFIX = \". Did you mean: 'token'?\" if noting.sys.version_info >= (3, 10) else ''\nBot().tokne\n"),
    _plain("suggested import", "noting.SUFFIX = \". Did you mean: 'dump'?\" if noting.sys.version_info >= (3, 12) else ''\nfrom json import dumsp\n"),
)  # fmt: skip

_MESSAGES = (
    _plain("two lines", "raise ValueError('first\\nsecond')\n"),
    _plain("indented lines", "raise ValueError('2 problems:\\n  name: missing\\n    in: body\\n  id: no number')\n"),
    _plain("empty line", "raise ValueError('first\\n\\nthird')\n"),
    _plain("begins with break", "raise ValueError('\\n  name: missing\\n')\n"),
    _plain("ends with break", "raise ValueError('first\\n')\n"),
    _plain("colons", "raise ValueError('a: b: c: [Errno 2]: <x: 1>')\n"),
    _plain("like json", "import json\nraise ValueError(json.dumps({'code': 429, 'parameters': {'retry_after': 28}}, indent=2))\n"),
    _plain("like a table", "raise ValueError('|id|name|\\n|--|----|\\n|1 |one |\\n')\n"),
    _plain("like another", "raise RuntimeError('worker: failed\\nKeyError: 7')\n"),
    _plain("unicode", "raise ValueError('не найдено: ✓ \\u2028 x')\n"),
    _plain("long", "raise ValueError('x' * 5000)\n"),
)  # fmt: skip

_CHAINS = (
    _plain("cause", """
        def read():
            raise OSError(28, "No space left on device")
        try:
            read()
        except OSError as error:
            raise RuntimeError("not saved") from error
        """),
    _plain("context", """
        try:
            {}["k"]
        except KeyError:
            undefined_name
        """),
    _plain("suppressed", """
        try:
            {}["k"]
        except KeyError:
            raise ValueError("no such user") from None
        """),
    _plain("cause not raised", "raise RuntimeError('x') from ValueError('why')\n"),
    _plain("four in a row", """
        def a():
            raise OSError("a: 1")
        def b():
            try:
                a()
            except OSError as error:
                raise LookupError("b") from error
        def c():
            try:
                b()
            except LookupError:
                raise ValueError
        try:
            c()
        except ValueError as error:
            raise RuntimeError("two\\n  lines") from error
        """),
    _plain("cause with a cause of its own", """
        try:
            try:
                1 / 0
            except ZeroDivisionError:
                raise KeyError("k") from TypeError("t")
        except KeyError:
            raise ValueError("v")
        """),
    _plain("chain with an empty line in a message", """
        try:
            raise OSError("first\\n\\n  third")
        except OSError as error:
            raise RuntimeError("x") from error
        """),
)  # fmt: skip

_NOTES_AND_GROUPS = (
    _plain("note", "try:\n    1 / 0\nexcept Exception as error:\n    error.add_note('while serving 7')\n    raise\n", since=_GROUPS),
    _plain("notes", "error = ValueError('x')\nerror.add_note('  one')\nerror.add_note('two\\n  lines')\nerror.add_note('')\nerror.add_note('last')\nraise error\n", since=_GROUPS),
    _plain("indented note", "error = ValueError('x')\nerror.add_note('  File: \"a.py\"\\n  more')\nraise error\n", since=_GROUPS),
    _plain("group", """
        def fail(number):
            raise ValueError(f"member {number}")
        found = []
        for number in (1, 2):
            try:
                fail(number)
            except ValueError as error:
                found.append(error)
        found.append(KeyError("never raised"))
        raise ExceptionGroup("three", found)
        """, since=_GROUPS),
    _plain("groups in groups", """
        def caught(error, cause=None):
            try:
                raise error from cause
            except BaseException as raised:
                return raised
        inner = caught(ExceptionGroup("inner", [caught(OSError(24, "Too many open files")), caught(KeyError("k"), ValueError("cause"))]))
        inner.add_note("a note\\nof two lines")
        middle = caught(BaseExceptionGroup("middle", [inner, caught(KeyboardInterrupt())]))
        try:
            raise LookupError("context")
        except LookupError:
            raise BaseExceptionGroup("outer", [caught(TypeError("two\\nlines")), middle, caught(RuntimeError("x"), ExceptionGroup("cause", [TypeError("inside")]))])
        """, since=_GROUPS),
    _plain("group as cause", """
        def fail():
            raise ExceptionGroup("several", [ValueError("a"), ValueError("b")])
        try:
            fail()
        except ExceptionGroup as group:
            raise RuntimeError("start failed") from group
        """, since=_GROUPS),
    _plain("group with a cause", """
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise ExceptionGroup("several", [ValueError("a")]) from error
        """, since=_GROUPS),
    _plain("many members", "raise ExceptionGroup('many', [ValueError(n) for n in range(27)])\n", since=_GROUPS),
    _plain("many groups", "error = ValueError('core')\nfor n in range(14):\n    error = ExceptionGroup(f'level {n}', [error, KeyError(n)])\nraise error\n", since=_GROUPS),
    _plain("task group", """
        import asyncio
        async def fail(seconds):
            await asyncio.sleep(seconds)
            {}["missing"]
        async def main():
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(fail(0))
                tasks.create_task(fail(0))
        asyncio.run(main())
        """, since=_GROUPS, needs_system=True),
)  # fmt: skip

_SYNTAX = (
    Condition("broken itself", "import sys\nx = = 1\n", exceptions=(_BROKEN,), needs_system=True),
    Condition("broken over lines", "import sys\nx = foo(1, 2\ny = 3 4\n", needs_system=True,
              exceptions=({"type": "SyntaxError"},)),
    Condition("bad indent itself", "if 1:\nx = 2\n", needs_system=True,
              exceptions=({"type": "IndentationError", "frames": [["/opt/bot/main.py", 2, ""]]},)),
    _plain("broken import", "def load():\n    import broken\nload()\n", files={"broken.py": "def f(:\n    pass\n"}),
    _plain("bad indent", "import broken\n", files={"broken.py": "def f():\n    x = 1\n      y = 2\n"}),
    _plain("bad tab", "import broken\n", files={"broken.py": "if 1:\n        x = 1\n\ty = 2\n"}),
    _plain("open string", "import broken\n", files={"broken.py": "x = 'abc\n"}),
    _plain("open bracket", "import broken\n", files={"broken.py": "x = (1,\n\n\n"}),
    _plain("broken exec", "exec('x = 1\\nif x\\n  pass')\n"),
    _plain("syntax error without place", "raise SyntaxError('only words')\n"),
    _plain("syntax error in a chain", "try:\n    exec('1 +')\nexcept SyntaxError as error:\n    raise RuntimeError('bad template') from error\n"),
)  # fmt: skip

_UNRAISABLE = (
    _plain("in del", "class D:\n    def __del__(self):\n        raise RuntimeError('in del')\nD()\n"),
    _plain("in del without message", "class D:\n    def __del__(self):\n        raise RuntimeError\nD()\n"),
    _plain("in del with a context", "class D:\n    def __del__(self):\n        try:\n            1 / 0\n        except ZeroDivisionError:\n            raise RuntimeError('in del')\nD()\n"),
    _plain("in weakref callback", "import weakref\nclass D: pass\nd = D()\ndef gone(ref):\n    raise LookupError('gone')\nw = weakref.ref(d, gone)\ndel d\n"),
    _plain("in generator", "def g():\n    try:\n        yield 1\n    except GeneratorExit:\n        yield 2\nx = g()\nnext(x)\ndel x\n"),
    _plain("in coroutine", "async def c():\n    try:\n        await d()\n    finally:\n        raise OSError('at close')\nclass d:\n    def __await__(self):\n        yield\nx = c()\nx.send(None)\ndel x\n"),
    _plain("at exit", "import atexit\n@atexit.register\ndef bye():\n    raise RuntimeError('bye')\n", needs_system=True, since=(3, 10)),
    _plain("in thread", "import threading\ndef job():\n    {}['x']\nt = threading.Thread(target=job, name='worker')\nt.start()\nt.join()\n", needs_system=True),
    _plain("in thread without a name", "import threading\ndef run():\n    raise ValueError\nt = threading.Thread(target=run)\nt.start()\nt.join()\n", needs_system=True),
    Condition("in a hook", "import sys\ndef bad(*given):\n    raise KeyError('in hook')\nsys.excepthook = bad\n1 / 0\n", needs_system=True,
              exceptions=({"type": "KeyError", "message": "'in hook'"}, {"type": "ZeroDivisionError", "message": "division by zero"})),
)  # fmt: skip

_ASYNC = (
    _plain("never retrieved", """
        import asyncio, logging
        noting.asyncio_notes()
        async def boom():
            raise ValueError("kaboom")
        async def main():
            asyncio.ensure_future(boom())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        asyncio.run(main())
        """, needs_system=True),
    _plain("never retrieved in debug mode", """
        import asyncio, logging
        noting.asyncio_notes()
        async def boom():
            raise ValueError("kaboom")
        async def main():
            asyncio.ensure_future(boom())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        asyncio.run(main(), debug=True)
        """, needs_system=True),
    _plain("in callback", """
        import asyncio
        noting.asyncio_notes()
        def cb():
            raise LookupError("in callback")
        async def main():
            asyncio.get_running_loop().call_soon(cb)
            await asyncio.sleep(0)
        asyncio.run(main())
        """, needs_system=True),
    _plain("in protocol", """
        import asyncio, socket
        noting.asyncio_notes()
        class Protocol(asyncio.Protocol):
            def data_received(self, data):
                raise RuntimeError("no such command")
        async def main():
            loop = asyncio.get_running_loop()
            ours, theirs = socket.socketpair()
            transport, protocol = await loop.create_connection(Protocol, sock=ours)
            theirs.send(b"x")
            await asyncio.sleep(0.05)
            transport.close()
            theirs.close()
        asyncio.run(main())
        """, needs_system=True),
    _plain("destroyed pending", """
        import asyncio, gc
        noting.asyncio_notes()
        async def inner():
            await asyncio.get_running_loop().create_future()
        async def main():
            asyncio.ensure_future(inner())
            await asyncio.sleep(0)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(main())
        gc.collect()
        """, needs_system=True),
    _plain("slow callback", """
        import asyncio, time
        async def slow():
            time.sleep(0.15)
        asyncio.run(slow(), debug=True)
        """, needs_system=True),
)  # fmt: skip

_OTHERS = (
    _plain("logging error", """
        import logging
        noting.note_logging_errors()
        def work():
            logging.warning("hello %s %s", "x")
        work()
        """),
    _plain("logging error with a cause", """
        import logging
        noting.note_logging_errors()
        class Odd:
            def __str__(self):
                try:
                    1 / 0
                except ZeroDivisionError as error:
                    raise ValueError("cannot be\\n  shown") from error
        logging.warning("hello %s", Odd())
        """),
    _plain("warning", "import warnings\ndef old():\n    warnings.warn('old is deprecated\\nuse new', DeprecationWarning, stacklevel=2)\nold()\n", arguments=("-W", "always"), needs_system=True),
    _plain("never awaited", "async def never():\n    pass\nnever()\n", needs_system=True),
    _plain("segfault", "import faulthandler\nfaulthandler.enable()\ndef crash():\n    faulthandler._sigsegv()\ncrash()\n", needs_system=True),
    _plain("dumped later", "import faulthandler, time\nfaulthandler.dump_traceback_later(0.05)\ntime.sleep(0.2)\n", needs_system=True),
    _plain("no encodings", "", environment={"PYTHONHOME": "/none"}, needs_system=True),
    _plain("process pool", """
        from concurrent.futures import ProcessPoolExecutor
        def job(n):
            return 1 / n
        if __name__ == "__main__":
            with ProcessPoolExecutor(1) as pool:
                pool.submit(job, 0).result()
        """, needs_system=True),
    _plain("multiprocessing pool", """
        import multiprocessing
        def job(n):
            raise LookupError(f"no job {n}")
        if __name__ == "__main__":
            with multiprocessing.get_context("fork").Pool(1) as pool:
                pool.map(job, [7])
        """, needs_system=True),
    Condition("process", dedent("""
        import multiprocessing
        def job(n):
            raise LookupError(f"no job {n}")
        if __name__ == "__main__":
            process = multiprocessing.get_context("fork").Process(target=job, args=(7,))
            process.start()
            process.join()
        """), needs_system=True, exceptions=({"type": "LookupError", "message": "no job 7"},)),
    _plain("coloured", "def f(n):\n    return 1 / n\ntry:\n    f(0)\nexcept ZeroDivisionError as error:\n    raise RuntimeError('x\\ny') from error\n", since=(3, 13), environment={"FORCE_COLOR": "1"}, needs_system=True),
    _plain("coloured group", "raise ExceptionGroup('two', [ValueError('a'), KeyError('b')])\n", since=(3, 13), environment={"FORCE_COLOR": "1"}, needs_system=True),
)  # fmt: skip

CONDITIONS: tuple[Condition, ...] = (
    *_RAISED,
    *_MESSAGES,
    *_CHAINS,
    *_NOTES_AND_GROUPS,
    *_SYNTAX,
    *_UNRAISABLE,
    *_ASYNC,
    *_OTHERS,
)
"""All that CPython prints of what went wrong, as far as we know of it."""
