package dev.lethe.requests.access.source.sql;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The columns of one result, and how each becomes what JSON knows. Looked up once: a driver that is asked for every row spends
 * more time on it than on the row.
 */
final class Columns {

    /** Reads column {@code index} of the row at which {@code rows} stands. */
    @FunctionalInterface
    private interface Reader {
        @Nullable
        Object read(ResultSet rows, int index) throws SQLException;
    }

    private final String[] names;
    private final Reader[] readers;
    private long widest;

    Columns(ResultSetMetaData result) throws SQLException {
        int count = result.getColumnCount();
        names = new String[count];
        readers = new Reader[count];
        var taken = new HashSet<String>();
        for (int i = 0; i < count; i++) {
            String label = result.getColumnLabel(i + 1);
            // A join may give two columns one name
            String name = taken.add(label) ? label : "%s (%d)".formatted(label, i + 1);
            taken.add(name);
            names[i] = name;
            readers[i] = reader(result.getColumnType(i + 1), result.getColumnTypeName(i + 1));
        }
    }

    LinkedHashMap<String, @Nullable Object> record(ResultSet row) throws SQLException {
        LinkedHashMap<String, @Nullable Object> record = LinkedHashMap.newLinkedHashMap(names.length);
        long width = 0;
        for (int i = 0; i < names.length; i++) {
            Object value = readers[i].read(row, i + 1);
            record.put(names[i], value);
            width += value instanceof String text ? text.length() : Long.BYTES;
        }
        widest = Math.max(widest, width);
        return record;
    }

    /** About how many bytes the largest row so far has. */
    long widest() {
        return widest;
    }

    private static Reader reader(int type, String typeName) {
        return switch (type) {
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR ->
                ResultSet::getString;
            // Objects of the driver, whose toString() is not what they hold, and times that java.sql cuts to seconds
            case Types.CLOB, Types.NCLOB, Types.SQLXML, Types.ARRAY, Types.STRUCT, Types.OTHER -> ResultSet::getString;
            case Types.DATE, Types.TIME, Types.TIME_WITH_TIMEZONE -> ResultSet::getString;
            // Some databases call a UUID binary, which it is for nobody who reads it
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB ->
                typeName.equalsIgnoreCase("uuid") ? ResultSet::getString : Columns::base64;
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> Columns::integer;
            case Types.BIGINT -> Columns::longInteger;
            case Types.TIMESTAMP_WITH_TIMEZONE -> Columns::moment;
            // PostgreSQL's driver calls both the same
            case Types.TIMESTAMP -> typeName.equals("timestamptz") ? Columns::moment : Columns::localTime;
            // PostgreSQL's driver takes money for a double, which it is not, least of all where the currency comes
            // first
            case Types.DOUBLE -> typeName.equals("money") ? ResultSet::getString : Columns::other;
            default -> Columns::other;
        };
    }

    private static @Nullable Object base64(ResultSet rows, int index) throws SQLException {
        byte[] bytes = rows.getBytes(index);
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }

    private static @Nullable Object integer(ResultSet rows, int index) throws SQLException {
        int value = rows.getInt(index);
        return value == 0 && rows.wasNull() ? null : (Object) value;
    }

    private static @Nullable Object longInteger(ResultSet rows, int index) throws SQLException {
        long value = rows.getLong(index);
        return value == 0 && rows.wasNull() ? null : (Object) value;
    }

    private static @Nullable Object moment(ResultSet rows, int index) throws SQLException {
        OffsetDateTime moment = rows.getObject(index, OffsetDateTime.class);
        if (moment == null) {
            return null;
        }
        // PostgreSQL's infinities, which no calendar has
        return moment.equals(OffsetDateTime.MAX) || moment.equals(OffsetDateTime.MIN)
                ? rows.getString(index)
                : moment.toInstant().toString();
    }

    /** Without a zone in the database: none is made up. */
    private static @Nullable Object localTime(ResultSet rows, int index) throws SQLException {
        LocalDateTime local = rows.getObject(index, LocalDateTime.class);
        if (local == null) {
            return null;
        }
        return local.equals(LocalDateTime.MAX) || local.equals(LocalDateTime.MIN)
                ? rows.getString(index)
                : local.toString();
    }

    /** What JSON knows stays what it is; everything else becomes its text. */
    private static @Nullable Object other(ResultSet rows, int index) throws SQLException {
        Object value = rows.getObject(index);
        return switch (value) {
            case null -> null;
            // JSON has no such numbers
            case Double number when !Double.isFinite(number) -> number.toString();
            case Float number when !Float.isFinite(number) -> number.toString();
            case Number number -> number;
            case Boolean truth -> truth;
            case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
            default -> value.toString();
        };
    }
}
