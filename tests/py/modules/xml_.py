import io
import pyexpat
import xml.etree.ElementTree as ET
import xml.sax
from xml.dom import minidom

DOC = """<?xml version="1.0" encoding="utf-8"?>
<!-- top -->
<!DOCTYPE r [<!ENTITY who "w&#111;rld"><!ENTITY two "&who;&who;">]>
<r a="1 &lt; 2" b='x
y'>hello &who;, &two;!<e/><![CDATA[<raw>&amp;]]>
<p:q xmlns:p="urn:p" p:k="v"><d xmlns="urn:d">é&#x20ac;</d></p:q><?pi some data?></r>
"""
root = ET.fromstring(DOC)
print(ET.tostring(root))
print(root.attrib, [e.tag for e in root.iter()], root.find("{urn:p}q").attrib)
for data in (DOC.encode(), DOC.replace("utf-8", "iso-8859-1").encode("latin-1"), DOC.replace("utf-8", "utf-16").encode("utf-16")):
    print(ET.fromstring(data).find(".//{urn:d}d").text)
parser = ET.XMLPullParser(["start", "end", "comment", "pi"])
for i in range(0, len(DOC), 7):
    parser.feed(DOC[i:i + 7])
parser.close()
print([(kind, e.tag if isinstance(e.tag, str) else e.text) for kind, e in parser.read_events()])
BAD = ["", "<a>", "<a></b>", "<a", "<a b=1/>", "<a b='1' b='2'/>", "<a>&x;</a>", "<a/><b/>", "text", "<a>]]></a>", "<a b='<'/>",
       "<a>&#0;</a>", "<p:a/>", "<a/>x", " <?xml version='1.0'?><a/>", "<a>\n  <b>\n</a>"]
for text in BAD:
    try:
        print(ET.tostring(ET.fromstring(text)))
    except ET.ParseError as e:
        print(text.encode(), e, e.code, e.position)
events = []
p = pyexpat.ParserCreate()
for name in ("StartElementHandler", "EndElementHandler", "CharacterDataHandler", "CommentHandler", "ProcessingInstructionHandler",
             "StartCdataSectionHandler", "EndCdataSectionHandler", "XmlDeclHandler", "StartDoctypeDeclHandler", "EndDoctypeDeclHandler"):
    setattr(p, name, lambda *args, name=name: events.append((name, *args)))
p.Parse("<?xml version='1.0' standalone='yes'?><!DOCTYPE a SYSTEM 'x'><a k='v'>t\nu<![CDATA[c]]><!--n--><?p d?></a>", True)
for e in events:
    print(e)
try:
    p.Parse("<b/>")
except pyexpat.ExpatError as e:
    print(e)
print(p.StartNamespaceDeclHandler, p.buffer_text, pyexpat.ErrorString(7), pyexpat.errors.codes["syntax error"])


class Handler(xml.sax.ContentHandler):
    def startElement(self, name, attrs):
        print("start", name, dict(attrs))

    def endElement(self, name):
        print("end", name)

    def characters(self, text):
        print("text", repr(text))


xml.sax.parse(io.BytesIO(b"<a x='1'><b>t</b></a>"), Handler())
print(minidom.parseString("<a x='1'><!--c--><b>t</b></a>").toxml())
laughs = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{('&' + chr(97 + i) + ';') * 10}'>" for i in range(9)) + "]><r>&j;</r>"
try:
    ET.fromstring(laughs)
except ET.ParseError as e:
    print(str(e).split(":")[0])
