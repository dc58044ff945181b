package dev.lethe.benchmarks.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts as SVG files. */
public final class Charts {

    private static final int WIDTH = 1_000;
    private static final int HEIGHT = 500;

    private Charts() {}

    /** A bar for each, as high as the median of its runs; none for those without runs. */
    public static void bars(Path file, String title, String unit, Map<String, List<Double>> runs) throws IOException {
        var names = new ArrayList<String>();
        var medians = new ArrayList<Double>();
        runs.forEach((name, values) -> {
            if (!values.isEmpty()) {
                names.add(name);
                medians.add(Runs.median(values));
            }
        });
        if (names.isEmpty()) {
            return;
        }
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(unit)
                .build();
        style(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setXAxisLabelRotation(30);
        chart.getStyler().setYAxisDecimalPattern("#,##0");
        chart.addSeries(unit, names, medians);
        save(chart, file);
    }

    /**
     * A line for each name.
     *
     * @param lines name to the values at each of {@code x}
     */
    public static void lines(
            Path file, String title, String xTitle, String unit, List<Double> x, Map<String, List<Double>> lines)
            throws IOException {
        if (x.isEmpty()) {
            return;
        }
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(unit)
                .build();
        style(chart.getStyler());
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setXAxisDecimalPattern("#0.#");
        lines.forEach((name, values) -> chart.addSeries(name, x, values).setMarker(SeriesMarkers.NONE));
        save(chart, file);
    }

    /** Dashes would be drawn one by one, which makes files of half a megabyte. */
    private static void style(AxesChartStyler styler) {
        styler.setPlotGridLinesStroke(new BasicStroke(0.5f));
        styler.setAxisTickMarksStroke(new BasicStroke(0.5f));
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
    }

    private static void save(IChart chart, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        var svg = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
        // Text is drawn as outlines, to fifteen digits; two are finer than anybody sees
        Files.writeString(file, svg.toString(UTF_8).replaceAll("(\\.\\d{2})\\d+", "$1"));
    }
}
