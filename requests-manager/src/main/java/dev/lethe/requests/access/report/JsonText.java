package dev.lethe.requests.access.report;

import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Writes what sources give as JSON, straight through. Text that is none (half of a surrogate pair) is mended, so that every reader takes it. */
final class JsonText {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .rootValueSeparator("\n")
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final ObjectWriteContext PLAIN = ObjectWriteContext.empty();

    private static final ObjectWriteContext INDENTED = new ObjectWriteContext.Base() {
        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }

        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }
    };

    private static final char REPLACEMENT = '\ufffd';

    private JsonText() {}

    /** For values one after the other, each in a line of its own. */
    static JsonGenerator lines(OutputStream out) {
        return FACTORY.createGenerator(PLAIN, out);
    }

    /** For a person who looks into it; closes what it writes to no more than the others do. */
    static JsonGenerator indented(OutputStream out) {
        return FACTORY.createGenerator(INDENTED, out);
    }

    static String of(@Nullable Object value) {
        var text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(PLAIN, text)) {
            write(json, value);
        }
        return text.toString();
    }

    static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(wellFormed(text));
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case BigDecimal number -> json.writeNumber(number);
            case BigInteger number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Float number -> json.writeNumber(number);
            case Number number -> json.writeNumber(number.longValue());
            case Boolean truth -> json.writeBoolean(truth);
            case Map<?, ?> fields -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> field : fields.entrySet()) {
                    json.writeName(wellFormed(String.valueOf(field.getKey())));
                    write(json, field.getValue());
                }
                json.writeEndObject();
            }
            case Collection<?> elements -> {
                json.writeStartArray();
                for (Object element : elements) {
                    write(json, element);
                }
                json.writeEndArray();
            }
            default -> json.writeString(wellFormed(value.toString()));
        }
    }

    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return mended(text);
            }
        }
        return text;
    }

    private static String mended(String text) {
        char[] all = text.toCharArray();
        for (int i = 0; i < all.length; i++) {
            if (Character.isHighSurrogate(all[i]) && i + 1 < all.length && Character.isLowSurrogate(all[i + 1])) {
                i++;
            } else if (Character.isSurrogate(all[i])) {
                all[i] = REPLACEMENT;
            }
        }
        return new String(all);
    }
}
