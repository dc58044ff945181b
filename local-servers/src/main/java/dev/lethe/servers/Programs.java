package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds programs of this machine and runs them to their end. */
final class Programs {
    /** What a private server sees as PATH: the caller's, and where a machine's own programs are in any case. */
    static final String PATH =
            System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin:/usr/bin:/sbin:/bin";

    private Programs() {}

    static Optional<Path> find(String name) {
        return Stream.of(PATH.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isExecutable(file) && Files.isRegularFile(file))
                .findFirst();
    }

    static boolean root() {
        return new UnixSystem().getUid() == 0;
    }

    /** Runs the program to its end, at most this long. */
    static Result run(ProcessBuilder builder, Duration limit) {
        String program = Path.of(builder.command().getFirst()).getFileName().toString();
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                ProcessTree.kill(Stream.of(process.toHandle()).toList());
                throw new IllegalStateException(
                        program + " did not end within " + limit.toSeconds() + " s; it was killed");
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + program, e);
        } catch (InterruptedException e) {
            throw interrupted("running " + program);
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(e);
            }
        });
        return text;
    }

    static IllegalStateException interrupted(String doing) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while " + doing);
    }

    record Result(int exit, String out, String err) {}
}
