package dev.lethe.demo;

import dev.lethe.files.InvalidFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** What {@code ./lethe demo}, {@code up} and {@code definitions} run. */
public final class Lethe {

    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private Lethe() {}

    public static void main(String[] arguments) {
        System.exit(run(Arrays.asList(arguments)));
    }

    private static int run(List<String> words) {
        try {
            List<String> rest = words.subList(Math.min(1, words.size()), words.size());
            return switch (words.isEmpty() ? "" : words.getFirst()) {
                case "demo" -> Demo.run(rest);
                case "up" -> Up.run(rest);
                case "definitions" -> Definitions.run(rest);
                default -> throw new Arguments.Wrong("expected demo, up or definitions; './lethe help' tells more");
            };
        } catch (Arguments.Wrong | InvalidFile e) {
            System.err.println("lethe: " + e.getMessage());
            return WRONG_USE;
        } catch (InterruptedException e) {
            return FAILED;
        } catch (IOException e) {
            // The message of many is but the name of a file
            System.err.println("lethe: " + e);
            return FAILED;
        } catch (Exception e) {
            System.err.println("lethe: " + e.getMessage());
            return FAILED;
        }
    }
}
