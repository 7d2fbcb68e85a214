"""Conversion of records between CNMARC and MARC 21, by tables, with a report of what is not carried."""

from connectors.marc.crosswalk.converting import Converted, to_cnmarc, to_marc21

__all__ = ["Converted", "to_cnmarc", "to_marc21"]
