package dev.lethe.participant;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.listener.ListenerExecutionFailedException;

/** An exception, told without its message, which may quote the data. */
record Failure(Throwable cause) {

    private static final int LONGEST_NAME = 100;

    /** Those that say nothing but that there is another one inside. */
    private static final List<Class<? extends Throwable>> WRAPPERS = List.of(
            ListenerExecutionFailedException.class,
            InvocationTargetException.class,
            UndeclaredThrowableException.class,
            CompletionException.class,
            ExecutionException.class);

    /** What was thrown and its causes, outermost first, without the wrapping that is not the service's own. */
    static List<Throwable> chain(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var chain = new ArrayList<Throwable>();
        for (@Nullable Throwable next = thrown; next != null && seen.add(next); next = next.getCause()) {
            Throwable each = next;
            if (each.getCause() == null || WRAPPERS.stream().noneMatch(wrapper -> wrapper.isInstance(each))) {
                chain.add(each);
            }
        }
        return chain.isEmpty() ? List.of(thrown) : chain;
    }

    /** The simple name of its class, or the whole one where there is no simple one. */
    String name() {
        String simple = cause.getClass().getSimpleName();
        String name = simple.isEmpty() ? type() : simple;
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    }

    String type() {
        return cause.getClass().getName();
    }

    /** Where in the code. */
    String place() {
        StackTraceElement[] stack = cause.getStackTrace();
        return stack.length == 0 ? "an unknown place" : stack[0].toString();
    }

    @Override
    public String toString() {
        return "%s at %s".formatted(type(), place());
    }
}
