package dev.lethe.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Signals to processes and all their descendants. Process groups would not do: every PostgreSQL backend leads a group of
 * its own.
 */
final class ProcessTree {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final boolean LINUX = Files.exists(Path.of("/proc/self/task"));

    private ProcessTree() {}

    /** Returns when all stand still. From the root downwards, and again until nothing new was born meanwhile. */
    static Set<ProcessHandle> pause(Collection<ProcessHandle> roots) {
        Set<ProcessHandle> stopped = new LinkedHashSet<>();
        while (true) {
            List<ProcessHandle> moving =
                    all(roots).stream().filter(each -> !stopped.contains(each)).toList();
            if (moving.isEmpty()) {
                return stopped;
            }
            signal("STOP", moving);
            await(moving, each -> standsStill(each) || gone(each), "stand still");
            stopped.addAll(moving);
        }
    }

    static void resume(Collection<ProcessHandle> roots) {
        signal("CONT", all(roots));
    }

    /** Returns when all are gone. They are stopped first, so that none has time to start another or to become an orphan. */
    static void kill(Collection<ProcessHandle> roots) {
        boolean interrupted = Thread.interrupted(); // whoever is interrupted has all the more reason to clean up
        try {
            Set<ProcessHandle> all = pause(roots);
            signal("KILL", all);
            await(all, ProcessTree::gone, "end after SIGKILL");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The living ones of these and their descendants, parents first. */
    static Set<ProcessHandle> all(Collection<ProcessHandle> roots) {
        Set<ProcessHandle> all = new LinkedHashSet<>();
        for (ProcessHandle root : roots) {
            Stream.concat(Stream.of(root), root.descendants())
                    .filter(each -> !gone(each))
                    .forEach(all::add);
        }
        return all;
    }

    /** The shell's own kill: the program of that name is not on every machine, and Java can only send two signals. */
    static void signal(String signal, Collection<ProcessHandle> processes) {
        List<ProcessHandle> living =
                processes.stream().filter(each -> !gone(each)).toList();
        if (living.isEmpty()) {
            return;
        }
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "for p; do kill -s " + signal + " $p; done", "sh"));
        living.forEach(each -> command.add(String.valueOf(each.pid())));
        // One that has just ended by itself makes kill complain; what counts is what the caller then waits for.
        Programs.run(new ProcessBuilder(command), LIMIT);
    }

    private static void await(Collection<ProcessHandle> processes, Predicate<ProcessHandle> condition, String what) {
        long end = System.nanoTime() + LIMIT.toNanos();
        for (ProcessHandle process : processes) {
            while (!condition.test(process)) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException(
                            "process " + process.pid() + " did not " + what + " within " + LIMIT.toSeconds() + " s");
                }
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    throw Programs.interrupted("waiting for process " + process.pid());
                }
            }
        }
    }

    private static boolean gone(ProcessHandle process) {
        return !process.isAlive() || threads(process).allMatch(state -> "ZX".indexOf(state) >= 0);
    }

    private static boolean standsStill(ProcessHandle process) {
        return !LINUX || threads(process).allMatch(state -> "Tt".indexOf(state) >= 0);
    }

    /**
     * The state letters of its threads. A process that has ended stays, as a zombie, until its parent collects it, which
     * nobody may ever do under a container's first process; while any other of its threads lives, it still holds its files
     * and ports.
     */
    private static Stream<Character> threads(ProcessHandle process) {
        File[] threads = new File("/proc/" + process.pid() + "/task").listFiles();
        if (threads == null) {
            return LINUX ? Stream.empty() : Stream.of('R');
        }
        return Stream.of(threads).map(ProcessTree::state);
    }

    private static char state(File process) {
        try {
            // pid (name) state ..., and the name may hold anything
            String stat = Files.readString(process.toPath().resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return 'X';
        }
    }
}
