package dev.lethe.servers;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/** Takes the programs out of the Maven artifacts that carry them. */
final class Binaries {
    private static final boolean MAC =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    private Binaries() {}

    /** The folder in which PostgreSQL's {@code bin} lies. */
    static Path postgres() throws IOException {
        String resource = "/postgres-" + (MAC ? "darwin" : "linux") + (ARM ? "-arm_64" : "-x86_64") + ".txz";
        URLConnection archive = open(resource);
        try (InputStream packed = archive.getInputStream()) {
            return Cache.folder("postgresql-" + version(archive), folder -> untar(packed, folder));
        }
    }

    /** An archive does not say its version; its checksum does as well. */
    private static String version(URLConnection archive) throws IOException {
        return archive instanceof JarURLConnection jar
                ? Long.toHexString(jar.getJarEntry().getCrc())
                : String.valueOf(archive.getContentLengthLong());
    }

    private static void untar(InputStream packed, Path folder) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new BufferedInputStream(new XZInputStream(packed), 1 << 16))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = inside(folder, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    makeExecutable(file, (entry.getMode() & 0100) != 0);
                }
            }
        }
    }

    /**
     * A Redis server that runs here. On Intel that is a build which needs OpenSSL 3, where the machine has that, else the
     * machine's own, else a 32-bit build that needs nothing.
     */
    static Path redis() throws IOException {
        List<OsArchitecture> builds = MAC
                ? List.of(ARM ? OsArchitecture.MAC_OS_X_ARM64 : OsArchitecture.MAC_OS_X_x86_64)
                : ARM
                        ? List.of(OsArchitecture.UNIX_AARCH64)
                        : List.of(OsArchitecture.UNIX_x86_64, OsArchitecture.UNIX_x86);
        List<String> reasons = new ArrayList<>();
        List<Path> candidates = new ArrayList<>();
        for (OsArchitecture build : builds) {
            candidates.add(redis(
                    requireNonNull(ExecutableProvider.newProvidedVersionsMap().get(build))));
        }
        Programs.find("redis-server").ifPresent(own -> candidates.add(1, own));
        for (Path candidate : candidates) {
            String reason = whyNot(candidate);
            if (reason == null) {
                return candidate;
            }
            reasons.add(candidate.getFileName() + ": " + reason);
        }
        throw new IllegalStateException("no Redis server runs on this machine " + reasons
                + "; install libssl3 or redis-server, or name a server in LETHE_REDIS_URL");
    }

    private static Path redis(String resource) throws IOException {
        Path program = Path.of(resource).getFileName();
        return Cache.folder(program.toString(), folder -> {
                    try (InputStream in = open(resource).getInputStream()) {
                        Files.copy(in, folder.resolve(program));
                        makeExecutable(folder.resolve(program), true);
                    }
                })
                .resolve(program);
    }

    /** Null if the program can run. */
    private static @Nullable String whyNot(Path program) {
        Programs.Result version =
                Programs.run(new ProcessBuilder(program.toString(), "--version"), Duration.ofSeconds(10));
        return version.exit() == 0 ? null : version.err().strip();
    }

    /**
     * The folder in which Elasticsearch's {@code bin} lies. Its archive is as large as all others together, so it does not come with
     * this module: whoever wants the server puts {@code elasticsearch.zip} on the class path.
     */
    static Path elasticsearch() throws IOException {
        URLConnection archive = open("/elasticsearch.zip");
        try (InputStream packed = archive.getInputStream()) {
            Path all = Cache.folder("elasticsearch-" + version(archive), folder -> unzip(packed, folder));
            try (Stream<Path> top = Files.list(all)) {
                return top.findFirst().orElseThrow(() -> new IOException("elasticsearch.zip is empty"));
            }
        }
    }

    private static void unzip(InputStream packed, Path folder) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(packed, 1 << 16))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = inside(folder, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
                // Read as a stream, an archive does not say which files are programs
                makeExecutable(file, entry.getName().contains("/bin/"));
            }
        }
    }

    private static Path inside(Path folder, String name) throws IOException {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException("the archive leads out of its folder: " + name);
        }
        return file;
    }

    private static void makeExecutable(Path file, boolean executable) throws IOException {
        if (!file.toFile().setExecutable(executable)) {
            throw new IOException("cannot set the permissions of " + file);
        }
    }

    private static URLConnection open(String resource) throws IOException {
        URL url = Binaries.class.getResource(resource);
        if (url == null) {
            throw new FileNotFoundException("no artifact on the class path holds " + resource.substring(1)
                    + ": there is none for this platform, or the build left it out");
        }
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return connection;
    }
}
