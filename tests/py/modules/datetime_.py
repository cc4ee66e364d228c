import datetime as D, os, pickle, copy, sys, time

os.environ["TZ"] = "UTC"
time.tzset()


def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)
d=D.datetime(2024,2,29,23,59,58,123456); n=D.date(2024,2,29)
for x in (d,n,d.time(),D.timedelta(1,2,3),D.timezone(D.timedelta(hours=5,minutes=30)),d.replace(tzinfo=D.UTC)):
    print(x, repr(x)); assert pickle.loads(pickle.dumps(x))==x; assert copy.copy(x)==x; hash(x)
print(d+D.timedelta(days=1,seconds=3), n-D.timedelta(60), d-D.datetime(2000,1,1), n-D.date(2000,1,1))
print(d.isoformat(), d.isoformat(' ','milliseconds'), d.strftime('%Y-%m-%d %H:%M:%S.%f %j %U %z|%Z'), d.ctime(), n.isocalendar(), d.timetuple(), d.utctimetuple())
for s in '2024-02-29','20240229','2024-W09-4','2024W094','2024-W09','2024-02-29T12','2024-02-29T12:30','2024-02-29 12:30:15.123','2024-02-29T12:30:15+05:30','20240229T123015Z','2024-02-29T24:00','2024-02-29x12:30:15,123456789-01:02:03.5','2024-13-01','2024-02-30','2024-02-29T','2024-02-29T12:','2024-02-29T12:3','2024W0944','2025-W53-1':
    t(lambda: D.datetime.fromisoformat(s)); t(lambda:D.date.fromisoformat(s))
for s in '12','12:30','1230','T12:30:15','12:30:15.1','12:30:15+01','24:00','12:30+1','','12.5','25:00': t(lambda:D.time.fromisoformat(s))
for a in ({}, dict(days=1.5),dict(weeks=-1,milliseconds=1.0005),dict(hours=.1,minutes=-.3,seconds=1e-7)): t(lambda:D.timedelta(**a))
td=D.timedelta(3,7,11)
for f in (lambda:td*2,lambda:2.5*td,lambda:td/3,lambda:td/2.5,lambda:td//D.timedelta(1),lambda:td/D.timedelta(1),lambda:td%D.timedelta(hours=5),lambda:divmod(-td,D.timedelta(hours=5)),lambda:-td,lambda:abs(-td),lambda:td//7,lambda:td.total_seconds(),lambda:bool(D.timedelta()),lambda:str(-td),lambda:td<D.timedelta(4)): t(f)
class S(D.datetime):
    def __new__(cls,*a,**k): o=super().__new__(cls,*a,**k); o.extra=1; return o
s=S(2020,1,1); print(type(s+td), (s+td).extra, type(s.replace(day=2)), type(S.now()), type(S.fromtimestamp(0)), s, repr(s), s.date(), type(S.strptime('2020','%Y')))
class DD(D.date): pass
print(repr(DD(2020,1,1)), type(DD.today()), DD(2020,1,1)==D.date(2020,1,1))
print(D.datetime.fromtimestamp(1e9,D.UTC), D.datetime(2001,9,9,1,46,40,tzinfo=D.UTC).timestamp(), D.datetime(2001,9,9).timestamp(), D.datetime(2001,9,9).astimezone(D.timezone(D.timedelta(hours=2))))
print(D.datetime.strptime('2020-02-03 04:05:06.7 +0100','%Y-%m-%d %H:%M:%S.%f %z'), D.datetime.min, D.datetime.max, D.date.max, D.time.max, D.timedelta.max, D.timezone.min, D.datetime.resolution)
t(lambda: D.datetime(2020,1,1)<D.datetime(2020,1,1,tzinfo=D.UTC)); t(lambda:D.datetime(2020,1,1)==D.datetime(2020,1,1,tzinfo=D.UTC)); t(lambda:D.date(2020,1,1)==D.datetime(2020,1,1))
t(lambda:f'{d:%A %B}'); t(lambda:D.datetime.combine(n,d.time())); t(lambda:D.datetime(5,1,1).strftime('%Y %F %G %C'))
t(lambda:pickle.dumps(D.datetime(2020,1,1,fold=1,tzinfo=D.UTC),2)); t(lambda:copy.replace(d,year=5))
t(lambda:D.datetime(2020,1,1,tzinfo=D.timezone(D.timedelta(hours=1)))==D.datetime(2019,12,31,23,tzinfo=D.UTC)); t(lambda:hash(D.datetime(2020,1,1,tzinfo=D.timezone(D.timedelta(hours=1))))==hash(D.datetime(2019,12,31,23,tzinfo=D.UTC)))
