import sys,time
import border
exec(open('/tmp/lead/bb/env.py').read())
stmt=sys.argv[1]; setup=sys.argv[2] if len(sys.argv)>2 else 'pass'; n=int(sys.argv[3]) if len(sys.argv)>3 else 3000000
ns=dict(globals())
exec(f'''
def run(n):
    {setup}
    for _ in range(n):
        {stmt}
''',ns)
t=time.process_time(); ns['run'](n); print((time.process_time()-t)/n*1e9,'ns')
