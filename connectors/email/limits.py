"""How much of a mail is read. Whoever writes to us chooses its bytes, so each of these has an end."""

RAW = 50 * 2**20  # bytes of a mail; of a larger one the rest is not read
HEADER = 256 * 2**10  # bytes of one header field, folded lines included
HEADERS = 2000  # fields of one part
DEPTH = 20  # multiparts within multiparts; what lies deeper is one attachment
PARTS = 1000  # of a mail, containers included
ADDRESSES = 2000  # in one header
REFERENCES = 200  # message ids in one header: the first and the last ones
ID = 998  # bytes of a message id: the longest line that SMTP carries. The database's indexes take 2,704
SUBJECT = 2000  # letters
NAME = 200  # letters of a file's name, as of the other channels
TEXT = 1_000_000  # letters of a body; the whole of a longer one becomes a file of the mail
HTML = 1_000_000  # letters of HTML that are sanitised; the whole of a longer one becomes a file of the mail
TAGS = 60_000  # opening and closing ones of a page; of one with more only the words are read
ENTITIES = 50_000  # ampersands of a page, likewise
RENDERED = 300_000  # letters of sanitised HTML that are laid out as text; more of it only loses its tags
NESTING = 150  # elements within elements of HTML
LINES = 50_000  # lines of a body in which quotes are looked for; the rest counts as one
INTRODUCTIONS = 3000  # lines of a body that are looked at for an introduction of a quote, and for a header
TNEF = 30 * 2**20  # bytes of a winmail.dat that are read
TNEF_FILES = 200
UUENCODED = 50  # files within one text
BOUNCE = 128 * 2**10  # bytes of a mail that are searched for the marks of a bounce
