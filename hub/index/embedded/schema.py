"""The index fields as tantivy keeps them, and documents in its form.

Every field that documents are found or deleted by is a raw text field: deleting by a term on a numeric field
deletes nothing and says nothing.
"""

from __future__ import annotations

from functools import cache

from tantivy import Document as TantivyDocument
from tantivy import Schema, SchemaBuilder

from hub.index import fields
from hub.index.documents import Document
from hub.index.fields import Facet

#: Whoever changes a field, a token or this file counts up; an index of another version is rebuilt.
VERSION = 2


@cache
def schema() -> Schema:
    """The fields of the union index."""
    builder = SchemaBuilder()
    builder.add_text_field(fields.KEY, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for name in fields.ORDERED_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in fields.TOKEN_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in fields.VALUE_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for facet in Facet:
        if facet is not Facet.YEAR:
            builder.add_text_field(facet.value, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(fields.TITLE_ORDER, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field(fields.YEAR, indexed=True, fast=True)
    builder.add_float_field(fields.WEIGHT, fast=True)
    return builder.build()


def tantivy_document(document: Document) -> TantivyDocument:
    """A document in tantivy's form."""
    made = TantivyDocument()
    made.add_text(fields.KEY, document.key)
    for name, texts in document.texts.items():
        for text in texts:
            made.add_text(name, text)
    for facet, values in document.facets.items():
        for value in values:
            made.add_text(facet.value, value)
    if document.year is not None:
        made.add_integer(fields.YEAR, document.year)
    made.add_float(fields.WEIGHT, document.weight)
    return made
