package dev.lethe.requests.access.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a source's records, in the order in which fields were first seen. Records may bring new ones at any time. There is an
 * end to them: data whose field names are data would make a table of millions of columns.
 */
final class Columns {

    private static final int MOST = 500;
    private static final int LONGEST_NAME = 256;

    /** Of the column in which the fields without a column stand. */
    private static final String OTHERS = "(other fields)";

    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private @Nullable Object[] cells = new Object[16];

    /** The record's values by column; the array is used again for the next record, and may be longer than there are columns. */
    @Nullable
    Object[] cells(Map<String, ? extends @Nullable Object> record) {
        Arrays.fill(cells, 0, names.size(), null);
        Map<String, @Nullable Object> others = null;
        int expected = 0;
        for (Map.Entry<String, ? extends @Nullable Object> field : record.entrySet()) {
            String name = field.getKey();
            int place = expected < names.size() && names.get(expected).equals(name) ? expected : place(name);
            if (place >= 0) {
                cells[place] = field.getValue();
                expected = place + 1;
            } else {
                others = others == null ? new LinkedHashMap<>() : others;
                others.put(name, field.getValue());
            }
        }
        if (others != null) {
            cells[places.computeIfAbsent(OTHERS, this::add)] = others;
        }
        return cells;
    }

    /** -1 if there is no column for it, and will be none. */
    private int place(String name) {
        Integer known = places.get(name);
        if (known != null) {
            return known;
        }
        if (names.size() >= MOST || name.length() > LONGEST_NAME || name.equals(OTHERS)) {
            return -1;
        }
        int place = add(name);
        places.put(name, place);
        return place;
    }

    private int add(String name) {
        names.add(name);
        if (cells.length < names.size()) {
            cells = Arrays.copyOf(cells, 2 * cells.length);
        }
        return names.size() - 1;
    }

    int count() {
        return names.size();
    }

    String name(int column) {
        return names.get(column);
    }
}
