package dev.lethe.scheduler;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Everything that is logged, with its fields and stack traces, while this is open; our own code at every level. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger everything = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.lethe");
    private final Level before = ours.getLevel();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private LogLines() {}

    static LogLines ofEverything() {
        var lines = new LogLines();
        lines.setContext(lines.everything.getLoggerContext());
        lines.start();
        lines.everything.addAppender(lines);
        lines.ours.addAppender(lines);
        // Not to the console as well
        lines.ours.setAdditive(false);
        lines.ours.setLevel(Level.TRACE);
        return lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add("%s %s %s %s %s %s"
                .formatted(
                        event.getLevel(),
                        event.getFormattedMessage(),
                        Arrays.toString(event.getArgumentArray()),
                        event.getKeyValuePairs(),
                        event.getMDCPropertyMap(),
                        event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        ours.setLevel(before);
        ours.setAdditive(true);
        ours.detachAppender(this);
        everything.detachAppender(this);
    }
}
