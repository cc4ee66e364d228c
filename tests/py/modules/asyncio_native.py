# Futures and tasks of `_asyncio`: states, callbacks, cancellation, what a coroutine may yield, all_tasks.
import _asyncio
import asyncio
import contextvars
import gc

print(asyncio.Future is _asyncio.Future, asyncio.Task is _asyncio.Task)
var = contextvars.ContextVar("var", default="none")


def show(what, *values):
    print(what, *values)


async def futures():
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    show("state", f._state, f.done(), f.cancelled(), f._callbacks)
    for wrong in (f.result, f.exception):
        try:
            wrong()
        except asyncio.InvalidStateError as e:
            show("invalid", e)
    seen = []
    f.add_done_callback(lambda f: seen.append(("first", f.result(), var.get())))
    ctx = contextvars.copy_context()
    ctx.run(var.set, "other")
    f.add_done_callback(lambda f: seen.append(("second", f.result(), var.get())), context=ctx)
    twice = lambda f: seen.append("never")
    f.add_done_callback(twice)
    f.add_done_callback(twice)
    show("removed", f.remove_done_callback(twice), len(f._callbacks))
    f.set_result(1)
    try:
        f.set_result(2)
    except asyncio.InvalidStateError as e:
        show("invalid", e)
    show("await", await f, f.cancel())
    await asyncio.sleep(0)
    show("seen", seen)

    f = loop.create_future()
    show("cancel", f.cancel("why"), f.cancel(), f.cancelled(), f._cancel_message)
    try:
        await f
    except asyncio.CancelledError as e:
        show("cancelled", e.args)

    f = loop.create_future()
    for bad in (1, StopIteration, StopIteration("x")):
        f = loop.create_future()
        try:
            f.set_exception(bad)
        except TypeError as e:
            show("bad", e)
        else:
            e = f.exception()
            show("exception", type(e).__name__, type(e.__cause__).__name__)
    f = loop.create_future()
    f.set_exception(ValueError("v"))
    for _ in range(2):
        try:
            await f
        except ValueError as e:
            tb, n = e.__traceback__, 0
            while tb:
                tb, n = tb.tb_next, n + 1
            show("raised", e, n)
    it = iter(loop.create_future())
    show("iter", type(it).__name__, next(it)._state)
    try:
        next(it)
    except RuntimeError as e:
        show("again", e)
    try:
        it.throw(KeyError("k"))
    except KeyError as e:
        show("thrown", e)
    try:
        f._log_traceback = True
    except ValueError as e:
        show("log", e)


async def value(v, n=0):
    for _ in range(n):
        await asyncio.sleep(0)
    return v


async def tasks():
    t = asyncio.create_task(value(3, 2), name="named")
    show("task", t.get_name(), t.done(), t.get_coro().__name__, t in asyncio.all_tasks())
    show("result", await t, t in asyncio.all_tasks(), t.cancelling())
    t = asyncio.create_task(value(1))
    show("number", t.get_name().startswith("Task-"))
    t.set_name(5)
    show("renamed", t.get_name())
    for method in (t.set_result, t.set_exception):
        try:
            method(1)
        except RuntimeError as e:
            show("refused", e)
    await t
    try:
        asyncio.Task(5)
    except TypeError as e:
        show("no coroutine", e)

    async def stubborn():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as e:
            show("asked", e.args, asyncio.current_task().cancelling())
            asyncio.current_task().uncancel()
            return "stayed"

    t = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    show("cancel", t.cancel("please"), t.cancelling())
    show("result", await t, t.cancelling())
    t = asyncio.create_task(asyncio.sleep(10))
    t.cancel("early")
    try:
        await t
    except asyncio.CancelledError as e:
        show("cancelled", e.args, t.cancelled(), t._state)

    async def yields(what):
        class Awaitable:
            def __await__(self):
                yield what
        await Awaitable()

    def generator():
        yield

    f = asyncio.get_running_loop().create_future()
    for what in (1, generator(), f):
        try:
            await asyncio.create_task(yields(what))
        except RuntimeError as e:
            show("yielded", str(e).partition("<")[0])

    async def itself():
        await asyncio.current_task()

    try:
        await asyncio.create_task(itself())
    except RuntimeError as e:
        show("itself", str(e).partition("<")[0])
    show("gather", await asyncio.gather(*(value(i, i) for i in range(4))))
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(value(1, 5))
            g.create_task(fails())
    except* ZeroDivisionError as e:
        show("group", len(e.exceptions))

    waited = asyncio.create_task(value(1, 3))
    first = asyncio.create_task(wait_for(waited))
    second = asyncio.create_task(wait_for(waited))
    await asyncio.sleep(0)
    show("awaited by", waited._asyncio_awaited_by == {first, second}, first._fut_waiter is waited)
    await asyncio.gather(first, second)
    show("awaited by", waited._asyncio_awaited_by)


async def wait_for(f):
    return await f


async def fails():
    1 / 0


async def eager():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    t = asyncio.create_task(value(7))
    show("eager", t.done(), t.result(), t.get_coro())
    t = asyncio.create_task(value(8, 1))
    show("eager", t.done(), await t)
    t = asyncio.create_task(fails())
    show("eager", type(t.exception()).__name__)


class Sub(asyncio.Task):
    pass


async def subclasses():
    t = Sub(value(1, 1))
    t.attribute = 5
    show("sub", t in asyncio.all_tasks(), await t, t.attribute)


async def unheard():
    loop = asyncio.get_running_loop()
    messages = []
    loop.set_exception_handler(lambda loop, context: messages.append(context["message"]))

    def lose():
        loop.create_future().set_exception(ValueError())
        t = loop.create_task(value(1))
        return t

    lose().cancel()
    await asyncio.sleep(0)

    def fill(n):
        return fill(n - 1) if n else gc.collect()

    fill(20)
    await asyncio.sleep(0)
    gc.collect()
    await asyncio.sleep(0)
    show("unheard", messages)


for main in (futures, tasks, eager, subclasses, unheard):
    asyncio.run(main())
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    show("outside", e)
show(asyncio._get_running_loop(), asyncio.Future.__class_getitem__(int))
