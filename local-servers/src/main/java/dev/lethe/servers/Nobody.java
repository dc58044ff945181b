package dev.lethe.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/**
 * The user that runs what refuses to run as root. Switching by {@code setpriv} needs neither a namespace of its own, which a
 * chroot forbids, nor an account with a shell, and keeps the pid.
 */
final class Nobody {
    private static final int ID = 65_534;
    private static final int CAP_DAC_READ_SEARCH = 2;

    private Nobody() {}

    /**
     * The command as it must be given here: changed only if this JVM runs as root.
     *
     * @param program how messages call what refuses to run as root
     * @param folders which it must be able to enter
     */
    static List<String> command(String program, List<String> command, Path... folders) throws IOException {
        if (!Programs.root()) {
            return command;
        }
        Path setpriv = Programs.find("setpriv")
                .orElseThrow(
                        () -> new IllegalStateException(
                                program + " refuses to run as root, and the program that"
                                        + " would start it as user nobody, setpriv, is missing: install util-linux, or run as another user"));
        List<String> all =
                new ArrayList<>(List.of(setpriv.toString(), "--reuid=" + ID, "--regid=" + ID, "--clear-groups"));
        for (Path folder : folders) {
            if (!open(folder)) {
                if (!maySearchEverywhere()) {
                    throw new IllegalStateException(
                            program + " refuses to run as root, so it runs as user nobody, who cannot enter " + folder
                                    + ": choose a folder below one that everybody may enter, such as /var/tmp");
                }
                // A folder below /root, for instance: lets it pass closed folders and write nothing but its own. Where
                // Java asks
                // whether a file exists, the kernel would forget that right again but for the last option.
                all.addAll(List.of(
                        "--inh-caps=+dac_read_search",
                        "--ambient-caps=+dac_read_search",
                        "--securebits=+no_setuid_fixup"));
                break;
            }
        }
        all.addAll(command);
        return all;
    }

    /** Hands the file over to the user that {@link #command} switches to. */
    static void own(Path file) throws IOException {
        if (Programs.root()) {
            Files.setAttribute(file, "unix:uid", ID);
            Files.setAttribute(file, "unix:gid", ID);
        }
    }

    private static boolean open(Path folder) throws IOException {
        for (Path each = folder.toRealPath(); each != null; each = each.getParent()) {
            if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private static boolean maySearchEverywhere() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapPrm:"))
                .anyMatch(line ->
                        (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> CAP_DAC_READ_SEARCH & 1) == 1);
    }
}
