"""The layouts that are known, by the name of their table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alimnaru.sources.agents import daou, infobank, kt, lgu
from alimnaru.sources.agents.layout import Layout

LAYOUTS: Final[Mapping[str, Layout]] = {
    layout.table: layout
    for layout in (
        lgu.SC_TRAN,
        lgu.MMS_MSG,
        infobank.EM_SMT_TRAN,
        infobank.EM_MMT_TRAN,
        infobank.ATA_MMT_TRAN,
        daou.EM_TRAN,
        daou.BIZ_MSG,
        kt.SDK_SMS_SEND,
        kt.SDK_MMS_SEND,
    )
}
