"""How a report looks on A4: black on white, one blue, lines as thin as a printer can draw."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
@page { size: A4; margin: 18mm 17mm 20mm;
  @bottom-center { content: counter(page) " / " counter(pages);
  font: 9pt '{family}'; color: #4a515a } }
html { font: 9.6pt/1.5 '{family}', sans-serif; color: #16191d; word-break: keep-all }
p { overflow-wrap: anywhere }
body { margin: 0 }
.top { display: flex; justify-content: space-between; align-items: flex-start }
.office { font-weight: 700; font-size: 12pt; margin: 0 0 3mm }
.number { margin: 0; color: #33383f } .number .line { display: inline-block; width: 44mm;
  border-bottom: .4pt solid #16191d; margin-left: 2mm }
h1 { font-size: 21pt; line-height: 1.25; margin: 7mm 0 3mm; padding-bottom: 3mm;
  border-bottom: 1.6pt solid #0b3b82; color: #0b2f66 }
h2 { font-size: 13pt; margin: 8mm 0 2mm; color: #0b2f66; break-after: avoid }
h3 { font-size: 10.6pt; margin: 5mm 0 1.5mm; break-after: avoid }
.facts { margin: 0 0 4mm; columns: 2; column-gap: 8mm }
.facts div { display: flex; break-inside: avoid } .facts dt { width: 19mm; color: #4a515a }
.facts dd { margin: 0; flex: 1 }
.figures { display: flex; flex-wrap: wrap; gap: 3mm; margin: 3mm 0 4mm }
.figure { width: 56.4mm; box-sizing: border-box; border: .6pt solid #b9c4d0;
  border-top: 2pt solid #0b4a9e;
  padding: 2.5mm 3mm }
.figure dt { color: #33383f } .figure dd { margin: 0 }
.figure strong { font-size: 16pt; line-height: 1.25 } .figure .unit { margin-left: 1mm }
.figure .hint { display: block; color: #4a515a; font-size: 8.4pt; line-height: 1.4 }
table.short { break-inside: avoid }
.says { margin: 0 0 1.5mm } .note { margin: 1mm 0 0; color: #4a515a; font-size: 8.4pt }
.empty { color: #4a515a; margin: 1mm 0 }
figure { margin: 2mm 0 3mm; break-inside: avoid } figure img { width: 100%; height: auto }
figcaption { font-size: 8.4pt; color: #4a515a }
table { border-collapse: collapse }
table.data { width: 100%; margin: 1mm 0; font-size: 8.8pt; border-top: 1pt solid #16191d;
  border-bottom: .8pt solid #16191d }
table.small { font-size: 7.4pt }
.data th, .data td { padding: 1mm 1.3mm; border-bottom: .4pt solid #cfd5db; vertical-align: top;
  text-align: left; font-weight: 400 }
.data thead th { background: #eaf0f7; font-weight: 700; vertical-align: bottom;
  border-bottom: .6pt solid #7d8894 }
.data .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.data thead .num { white-space: normal }
.data tr { break-inside: avoid } .data .total th, .data .total td { font-weight: 700;
  border-top: .8pt solid #16191d; background: #f6f8fa }
.approval { font-size: 9pt } .approval th, .approval td { border: .6pt solid #16191d;
  text-align: center; font-weight: 400; padding: 1mm } .approval td, .approval th[scope=col] {
  width: 21mm } .approval td { height: 15mm } .approval th[scope=row] { width: 10mm }
"""
