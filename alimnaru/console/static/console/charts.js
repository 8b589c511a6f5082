"use strict";
/* Draws every [data-chart] from the JSON whose id it names. SVG and rich-text tooltips: the canvas
   and the HTML tooltip of ECharts write inline styles, which the page's policy refuses. */
(() => {
  const page = document.documentElement;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const whole = new Intl.NumberFormat(page.lang);
  const short = new Intl.NumberFormat(page.lang, { notation: "compact", maximumFractionDigits: 1 });
  const onAxis = (value) => (Math.abs(value) < 10000 ? whole : short).format(value);

  const colours = () => {
    const css = getComputedStyle(page);
    return (name) => css.getPropertyValue(`--chart-${name}`).trim();
  };

  const series = (one, colour) => one.line
    ? { name: one.name, data: one.data, type: "line", symbol: "circle", symbolSize: 7,
        color: colour(one.tone), lineStyle: { type: "dashed", width: 2 } }
    : { name: one.name, data: one.data, type: "bar", stack: "bars", barMaxWidth: 40,
        color: colour(one.tone) };

  const options = (data) => {
    const colour = colours();
    const text = { color: colour("ink"), fontSize: 13, fontFamily: getComputedStyle(document.body).fontFamily };
    const axis = { axisLabel: { ...text, hideOverlap: true }, axisLine: { lineStyle: { color: colour("axis") } }, axisTick: { show: false } };
    return {
      animation: !still,
      textStyle: text,
      aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
      grid: { left: 8, right: 12, top: 40, bottom: 8, containLabel: true },
      legend: { type: "scroll", top: 0, left: 0, itemWidth: 16, itemHeight: 12, textStyle: text },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true,
        backgroundColor: colour("paper"), borderColor: colour("axis"), textStyle: text,
        valueFormatter: (value) => whole.format(value) },
      xAxis: { type: "category", data: data.labels, ...axis },
      yAxis: { type: "value", minInterval: 1, ...axis, axisLabel: { ...text, formatter: onAxis },
        splitLine: { lineStyle: { color: colour("grid") } } },
      series: data.series.map((one) => series(one, colour)),
    };
  };

  const places = (root) => root.querySelectorAll("[data-chart]");
  const mount = (root) => {
    for (const place of places(root)) {
      if (echarts.getInstanceByDom(place)) continue;
      const chart = echarts.init(place, null, { renderer: "svg", locale: page.lang === "en" ? "EN" : "KO" });
      chart.setOption(options(JSON.parse(document.getElementById(place.dataset.chart).textContent)));
      place.dataset.ready = "1";
      new ResizeObserver(() => { if (!chart.isDisposed()) chart.resize(); }).observe(place);
    }
  };
  const resize = (size) => {
    for (const place of places(document)) echarts.getInstanceByDom(place)?.resize(size);
  };

  addEventListener("beforeprint", () => resize({ width: 640 }));
  addEventListener("afterprint", () => resize());
  mount(document);
  document.addEventListener("htmx:load", (event) => mount(event.target));
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    if (event.target.dataset?.chart) echarts.getInstanceByDom(event.target)?.dispose();
  });
})();
