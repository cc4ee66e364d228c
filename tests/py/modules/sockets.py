import weakref, ast, socket, threading, mmap
for o in (Exception(), ast.AST(), ast.Name('x'), iter([]), {}.keys()):
    try: weakref.ref(o); print(type(o), 'ok')
    except TypeError as e: print(e)
s = socket.socket(); s.bind(('127.0.0.1',0)); s.listen()
print(s.family, s.type, s.getsockname()[0])
def srv():
    c,a = s.accept()
    c.sendall(c.recv(100).upper()); c.close()
t=threading.Thread(target=srv); t.start()
c=socket.create_connection(s.getsockname()); c.sendall(b'hello'); print(c.recv(100)); c.close(); t.join(); s.close()
a,b=socket.socketpair(); a.settimeout(0.05)
try: a.recv(1)
except TimeoutError as e: print(repr(e))
import array
fds=array.array('i',[0])
a.sendmsg([b'x',b'y'],[(socket.SOL_SOCKET,socket.SCM_RIGHTS,fds)])
m=b.recvmsg(10,socket.CMSG_LEN(4)); print(m[0], len(m[1]), m[2])
print(socket.inet_pton(socket.AF_INET6,'::1'), socket.inet_ntop(socket.AF_INET,b'\1\2\3\4'))
a.close();b.close()
import asyncio
async def main():
    async def h(r,w):
        w.write((await r.readline()).upper()); await w.drain(); w.close()
    srv=await asyncio.start_server(h,'127.0.0.1',0)
    r,w=await asyncio.open_connection(*srv.sockets[0].getsockname())
    w.write(b'abc\n'); print(await r.readline()); w.close(); srv.close()
    print(await asyncio.gather(*(asyncio.sleep(.01,i) for i in range(3))))
asyncio.run(main())
m=mmap.mmap(-1,100); m.write(b'hello'); m.seek(0); print(m.read(5), m[:5], m.find(b'l'), len(m)); mv=memoryview(m)
try: m.close()
except BufferError as e: print(e)
mv.release(); m.close(); print(m)
