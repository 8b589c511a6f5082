"""The 40 notice kinds as data, and the office that speaks in them."""

from __future__ import annotations

from alimnaru.store.catalogue.faults import OfficeError as OfficeError
from alimnaru.store.catalogue.faults import OfficeFault as OfficeFault
from alimnaru.store.catalogue.offices import Department as Department
from alimnaru.store.catalogue.offices import Office as Office
from alimnaru.store.catalogue.offices import load_office as load_office
from alimnaru.store.catalogue.reading import KindData as KindData
from alimnaru.store.catalogue.reading import ResolvedKind as ResolvedKind
from alimnaru.store.catalogue.reading import load_kinds as load_kinds
from alimnaru.store.catalogue.reading import resolve as resolve
