package dev.lethe.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The life of a server, whichever it is: how it starts, when it counts as started, how it ends. */
abstract sealed class LocalServer implements Server
        permits PostgresServer, RedisServer, RabbitServer, ElasticsearchServer {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 5;

    final Folder folder;
    final Path home;
    final Consumer<String> progress;

    private final String name;
    private final @Nullable GivenAddress given;
    private final Log log;
    private final PidFile pidFile;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile List<Process> processes = List.of();
    private boolean paused;
    private boolean published;

    LocalServer(String name, Folder folder, @Nullable GivenAddress given, Consumer<String> progress) {
        this.name = name;
        this.folder = folder;
        this.home = folder.resolve(name);
        this.given = given;
        this.progress = progress;
        this.log = new Log(home.resolve(name + ".log"));
        this.pidFile = new PidFile(home.resolve("pids"));
    }

    /** Puts the program and its data in place, before every start. */
    abstract void prepare() throws IOException;

    /** Starts the processes, the server itself last, each with {@link #launch(List, Map)}. */
    abstract void launch() throws IOException;

    /** Logs in, throws if that does not work, and sees by a secret or by the pid that it is this server and no other. */
    abstract void probe() throws Exception;

    /** What makes it shut down cleanly without waiting for its clients. */
    abstract String stopSignal();

    /** The names of its ports in the folder, the one for clients first. */
    abstract List<String> ports();

    abstract Duration startLimit();

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void start() {
        lock.lock();
        try {
            if (given != null) {
                awaitGiven(given);
            } else if (isRunning()) {
                resume();
                awaitAnswer(startLimit());
            } else {
                startPrivate();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitGiven(GivenAddress address) {
        try {
            awaitAnswer(ANSWER_LIMIT);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    name + " at " + address.host() + " (" + address.variable() + ") cannot be used: " + e.getMessage()
                            + ". Start it, correct the variable, or unset it to have a private one.",
                    e);
        }
    }

    private void startPrivate() {
        long begun = System.nanoTime();
        long logged = 0;
        try {
            Guard.requireNotExiting();
            folder.lock();
            Files.createDirectories(home);
            ProcessTree.kill(handles()); // what a server that died by itself left behind
            processes = List.of();
            pidFile.killLeftOvers();
            prepare();
            for (int attempt = 1; ; attempt++) {
                choosePorts();
                logged = log.size();
                try {
                    launch();
                    pidFile.write(processes);
                    awaitAnswer(startLimit());
                    published = true;
                    paused = false;
                    progress.accept("%-8s ready on port %d after %.1f s"
                            .formatted(name, folder.port(ports().getFirst()), (System.nanoTime() - begun) / 1e9));
                    return;
                } catch (IOException | RuntimeException e) {
                    ProcessTree.kill(handles());
                    processes = List.of();
                    if (attempt == ATTEMPTS || portsAreFree()) {
                        throw e;
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            Guard.requireNotExiting();
            throw new IllegalStateException(
                    name + " did not start: " + e.getMessage() + log.tail(logged) + "\nTo begin anew, delete " + home
                            + " (its data is lost); to use a server of your own, set " + variable() + ".",
                    e);
        }
    }

    /** The environment variable that would name a server to use instead. */
    abstract String variable();

    /** Somebody else may have taken a port since it was picked. A port that clients already know is not changed any more. */
    private void choosePorts() {
        for (String port : ports()) {
            if (!Ports.isFree(folder.port(port))) {
                if (published && port.equals(ports().getFirst())) {
                    throw new IllegalStateException("port " + folder.port(port)
                            + ", which its clients know, has meanwhile been taken by another program");
                }
                folder.replacePort(port);
            }
        }
    }

    private boolean portsAreFree() {
        return ports().stream().allMatch(port -> Ports.isFree(folder.port(port)));
    }

    /** Starts one process of this server, with its output in the log. */
    final Process launch(List<String> command, Map<String, String> environment) throws IOException {
        Process process = Guard.start(builder(command, environment)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
                .redirectErrorStream(true));
        processes = Stream.concat(processes.stream(), Stream.of(process)).toList();
        return process;
    }

    /** With nothing of our own environment but the PATH. */
    final ProcessBuilder builder(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", Programs.PATH);
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().putAll(environment);
        return builder;
    }

    private void awaitAnswer(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            @Nullable Exception problem = problem();
            for (Process process : processes) {
                if (!process.isAlive()) {
                    throw new IllegalStateException("it ended with exit code " + process.exitValue());
                }
            }
            if (problem == null) {
                return;
            }
            Guard.requireNotExiting();
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "no answer within " + limit.toSeconds() + " s: " + described(problem), problem);
            }
            try {
                if (processes.isEmpty()) {
                    Thread.sleep(100);
                } else {
                    processes.getLast().waitFor(50, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                throw Programs.interrupted("waiting for " + name);
            }
        }
    }

    /** The first in the chain of causes that says something. */
    private static String described(Throwable problem) {
        return problem.getMessage() == null && problem.getCause() != null
                ? described(problem.getCause())
                : problem.toString();
    }

    private @Nullable Exception problem() {
        try {
            probe();
            return null;
        } catch (Exception e) {
            return e;
        }
    }

    @Override
    public final void stop() {
        own("stopped", () -> {
            List<ProcessHandle> all = List.copyOf(ProcessTree.all(handles()));
            ProcessTree.signal(stopSignal(), handles().reversed().subList(0, 1));
            ProcessTree.resume(handles());
            boolean interrupted = false;
            try {
                if (!processes.getLast().waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    progress.accept(name + " did not stop within " + STOP_LIMIT.toSeconds() + " s and is killed");
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
            ProcessTree.kill(all);
            processes = List.of();
            if (interrupted) {
                throw Programs.interrupted("stopping " + name);
            }
        });
    }

    @Override
    public final void kill() {
        own("killed", () -> {
            ProcessTree.kill(handles());
            processes = List.of();
        });
    }

    @Override
    public final void pause() {
        own("paused", () -> {
            ProcessTree.pause(handles());
            paused = true;
        });
    }

    @Override
    public final void resume() {
        own("resumed", () -> {
            if (paused) {
                ProcessTree.resume(handles());
                paused = false;
            }
        });
    }

    /** Does it to the processes, if there are any; refuses if the server is not ours. */
    private void own(String done, Runnable action) {
        lock.lock();
        try {
            if (given != null) {
                throw new UnsupportedOperationException(name + " cannot be " + done + " from here: " + given.variable()
                        + " names it, so it is not ours. Unset the variable to have a private one.");
            }
            if (!processes.isEmpty()) {
                action.run();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final boolean isRunning() {
        if (given != null) {
            return problem() == null;
        }
        List<Process> all = processes;
        return !all.isEmpty() && all.getLast().isAlive();
    }

    @Override
    public final long pid() {
        List<Process> all = processes;
        return !all.isEmpty() && all.getLast().isAlive() ? pidOf(all.getLast()) : -1;
    }

    /** The server's, where the process launched last is not the server itself. */
    long pidOf(Process launched) {
        return launched.pid();
    }

    @Override
    public final void close() {
        if (given == null) {
            stop();
        }
    }

    private List<ProcessHandle> handles() {
        return processes.stream().map(Process::toHandle).toList();
    }
}
