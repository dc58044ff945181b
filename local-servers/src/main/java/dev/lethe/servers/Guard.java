package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that no process outlives this JVM, however the JVM ends.
 *
 * <p>If it ends by itself, by Ctrl-C or by SIGTERM, what was given to {@link #closeAtExit} is closed, the latest first. If it
 * is killed, a small shell that has been reading from a pipe all the while sees the end of that pipe and kills every watched
 * process with its descendants. Neither the shell nor a process begun with {@link #start} belongs to the terminal's session,
 * so that Ctrl-C reaches this JVM alone and the order of things stays its own.
 */
public final class Guard {
    private static final String SHELL = """
            trap '' HUP INT TERM
            pids= folder=
            while read -r verb what; do
              case $verb in
                watch) pids="$pids $what" ;;
                forget) kept=; for pid in $pids; do [ "$pid" = "$what" ] || kept="$kept $pid"; done; pids=$kept ;;
                delete) folder=$what ;;
              esac
            done
            # Stops a process so that it starts no more, looks for its children, kills it, goes on with them.
            end() {
              kill -s STOP "$1" || return 0
              for stat in /proc/[0-9]*/stat; do
                read -r line < "$stat" || continue
                pid=${line%% *}; line=${line##*) }; line=${line#? }
                [ "${line%% *}" != "$1" ] || set -- "$@" "$pid"
              done
              kill -s KILL "$1"
              shift
              for child; do end "$child"; done
            }
            for pid in $pids; do end "$pid"; done
            [ -z "$folder" ] || rm -rf "$folder"
            """;

    private static final Set<Long> WATCHED = new LinkedHashSet<>();
    private static final Deque<AutoCloseable> AT_EXIT = new ArrayDeque<>();
    private static @Nullable Process shell;
    private static @Nullable Path doomed;
    private static boolean hooked;
    private static volatile boolean exiting;

    private Guard() {}

    /** Starts a process in a session of its own (where the machine has {@code setsid}) and watches it. Its pid is the program's. */
    public static Process start(ProcessBuilder builder) throws IOException {
        List<String> command = builder.command();
        List<String> apart = new ArrayList<>(command);
        Programs.find("setsid").ifPresent(setsid -> apart.addFirst(setsid.toString()));
        try {
            Process process = builder.command(apart).start();
            watch(process);
            return process;
        } finally {
            builder.command(command);
        }
    }

    /** From now on the process will not outlive this JVM. One that ends is forgotten by itself. */
    public static void watch(Process process) {
        long pid = process.pid();
        synchronized (Guard.class) {
            WATCHED.add(pid);
            tell("watch " + pid);
        }
        process.onExit().whenComplete((ended, failure) -> forget(process));
    }

    /** The process may outlive this JVM again. */
    public static void forget(Process process) {
        synchronized (Guard.class) {
            if (WATCHED.remove(process.pid())) {
                tell("forget " + process.pid());
            }
        }
    }

    /**
     * Closes it when this JVM ends, before everything that was given earlier: whoever depends on a server registers after it,
     * and is closed before it.
     */
    public static synchronized void closeAtExit(AutoCloseable closeable) {
        requireNotExiting();
        if (!hooked) {
            Runtime.getRuntime().addShutdownHook(new Thread(Guard::closeAll, "close-at-exit"));
            hooked = true;
        }
        AT_EXIT.addLast(closeable);
    }

    static void requireNotExiting() {
        if (exiting) {
            throw new IllegalStateException("this JVM is ending; nothing can be started any more");
        }
    }

    /** Deletes this one folder if this JVM is killed. */
    static synchronized void deleteIfKilled(Path folder) {
        doomed = folder;
        tell("delete " + folder);
    }

    private static void closeAll() {
        exiting = true;
        for (AutoCloseable next = last(); next != null; next = last()) {
            try {
                next.close();
            } catch (Exception e) {
                System.err.println("could not be closed when this JVM ended: " + e);
            }
        }
    }

    private static synchronized @Nullable AutoCloseable last() {
        return AT_EXIT.pollLast();
    }

    /** Tells the shell; tells a new one everything if the old one is no more. */
    private static void tell(String line) {
        try {
            if (shell == null || !shell.isAlive()) {
                List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, "lethe-guard"));
                Programs.find("setsid").ifPresent(setsid -> command.addFirst(setsid.toString()));
                shell = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                StringBuilder all = new StringBuilder();
                WATCHED.forEach(pid -> all.append("watch ").append(pid).append('\n'));
                write(shell, doomed == null ? all.toString() : all + "delete " + doomed + "\n");
            } else {
                write(shell, line + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the guard that ends left-over processes cannot be reached", e);
        }
    }

    private static void write(Process shell, String lines) throws IOException {
        OutputStream out = shell.getOutputStream();
        out.write(lines.getBytes(UTF_8));
        out.flush();
    }
}
