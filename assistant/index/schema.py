"""How a catalog is laid out: what ingest/catalog.py writes, and catalog.py and rows.py read."""

# Part of every version's fingerprint: raise it when the schema, parsing, units or views change.
FORMAT = "11"

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (id TEXT PRIMARY KEY, place INTEGER, title TEXT, kind TEXT, language TEXT,
                        url TEXT, sha256 TEXT, source TEXT, warnings TEXT, text TEXT, sections TEXT,
                        pages TEXT);
CREATE TABLE units (number INTEGER PRIMARY KEY, id TEXT UNIQUE, document TEXT, kind TEXT,
                    section INTEGER, composite INTEGER, shape TEXT);
CREATE INDEX units_document ON units (document);
CREATE TABLE facts (unit TEXT, kind TEXT, value TEXT, label TEXT, start INTEGER, end INTEGER);
CREATE INDEX facts_unit ON facts (unit);
CREATE INDEX facts_value ON facts (kind, value);
CREATE TABLE questions (id TEXT PRIMARY KEY, text TEXT, language TEXT, origin TEXT, entry TEXT,
                        unit TEXT, document TEXT, parts TEXT);
CREATE INDEX questions_document ON questions (document);
CREATE TABLE views (number INTEGER PRIMARY KEY, unit INTEGER, view TEXT, topics BLOB);
CREATE INDEX views_unit ON views (unit);
CREATE TABLE words (view INTEGER PRIMARY KEY, vectors BLOB);
CREATE TABLE vocabulary (stem TEXT PRIMARY KEY, units INTEGER, word TEXT) WITHOUT ROWID;
CREATE TABLE spellings (stem TEXT, word TEXT, count INTEGER, PRIMARY KEY (stem, word)) WITHOUT ROWID;
CREATE VIRTUAL TABLE lexical USING fts5 (body, heading,
                                         tokenize = "unicode61 remove_diacritics 0");
"""
