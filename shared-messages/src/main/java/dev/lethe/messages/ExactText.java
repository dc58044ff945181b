package dev.lethe.messages;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads UUIDs, times, URLs and enumerations from exactly the texts that the JSON Schemas allow. Jackson's own readers also take
 * numbers, padding, Base64 and hour 24, which a reader in another language refuses or understands otherwise.
 */
final class ExactText<T> extends StdScalarDeserializer<T> {

    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** RFC 3339, without leap seconds: what {@link Instant} can hold, nothing rounded away. */
    private static final Pattern TIME_TEXT = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]"
            + "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?([Zz]|[+-](0[0-9]|1[0-4]):[0-5][0-9])");

    private final Function<String, @Nullable T> read;

    private ExactText(Class<?> type, Function<String, @Nullable T> read) {
        super(type);
        this.read = read;
    }

    static SimpleModule module() {
        return new SimpleModule("exact-text")
                .addDeserializer(UUID.class, new ExactText<>(UUID.class, ExactText::uuid))
                .addDeserializer(Instant.class, new ExactText<>(Instant.class, ExactText::time))
                .addDeserializer(URI.class, new ExactText<>(URI.class, URI::create))
                .setDeserializerModifier(new EnumsByName());
    }

    /** Null unless it is a UUID in its usual 36 characters; {@link UUID#fromString} takes {@code 1-1-1-1-1} too. */
    static @Nullable UUID uuid(String text) {
        return UUID_TEXT.matcher(text).matches() ? UUID.fromString(text) : null;
    }

    private static @Nullable Instant time(String text) {
        return TIME_TEXT.matcher(text).matches() ? Instant.parse(text) : null;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) {
        T value = json.hasToken(JsonToken.VALUE_STRING) ? readOrNull(json.getString()) : null;
        return value == null ? context.reportInputMismatch(handledType(), "not in its one form") : value;
    }

    private @Nullable T readOrNull(String text) {
        try {
            return read.apply(text);
        } catch (DateTimeException | IllegalArgumentException notOne) {
            return null;
        }
    }

    /** Constants by the name in their {@link JsonProperty}; never by number, as the order of constants may change. */
    private static final class EnumsByName extends ValueDeserializerModifier {

        private static final long serialVersionUID = 1L;

        @Override
        public ValueDeserializer<?> modifyEnumDeserializer(
                DeserializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> byJackson) {
            return new ExactText<>(type.getRawClass(), byName(type.getRawClass())::get);
        }

        private static Map<String, Object> byName(Class<?> type) {
            var constants = new HashMap<String, Object>();
            for (var field : type.getFields()) {
                var name = field.getAnnotation(JsonProperty.class);
                if (field.isEnumConstant() && name != null) {
                    constants.put(name.value(), Enum.valueOf(type.asSubclass(Enum.class), field.getName()));
                }
            }
            return constants;
        }
    }
}
