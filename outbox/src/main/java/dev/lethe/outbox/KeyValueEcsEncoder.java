package dev.lethe.outbox;

import ch.qos.logback.classic.spi.ILoggingEvent;
import co.elastic.logging.EcsJsonSerializer;
import co.elastic.logging.JsonUtils;
import co.elastic.logging.logback.EcsEncoder;
import org.slf4j.event.KeyValuePair;

/** Writes the key-values of a log event as fields of their own; the encoder it extends drops them. */
public class KeyValueEcsEncoder extends EcsEncoder {

    @Override
    protected void addCustomFields(ILoggingEvent event, StringBuilder line) {
        if (event.getKeyValuePairs() == null) {
            return;
        }
        for (KeyValuePair pair : event.getKeyValuePairs()) {
            if (pair.value == null) {
                continue;
            }
            line.append('"');
            JsonUtils.quoteAsString(pair.key, line);
            line.append("\":");
            if (pair.value instanceof Number || pair.value instanceof Boolean) {
                line.append(pair.value);
            } else {
                line.append('"');
                JsonUtils.quoteAsString(EcsJsonSerializer.toNullSafeString(pair.value.toString()), line);
                line.append('"');
            }
            line.append(',');
        }
    }
}
