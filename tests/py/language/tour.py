import sys
print("hi", sys.argv)
import posix, os
print(os.getcwd(), len(os.listdir("/")) > 3)
try:
    os.stat("/nonexistent")
except FileNotFoundError as e:
    print(e, e.errno)
