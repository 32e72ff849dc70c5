package hub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.lint.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How {@code lint} writes faults. */
enum FaultFormat {
  /** A line for each, and their number. */
  TEXT {
    @Override
    String print(List<Fault> faults) {
      StringBuilder text = new StringBuilder();
      for (Fault fault : faults) {
        text.append(fault.level() == Fault.Level.WARNING ? "warning: " : "")
            .append(fault)
            .append(System.lineSeparator());
      }
      long errors = faults.stream().filter(fault -> fault.level() == Fault.Level.ERROR).count();
      return text.append(
              faults.isEmpty()
                  ? "no faults"
                  : counted(errors, "error") + ", " + counted(faults.size() - errors, "warning"))
          .toString();
    }
  },

  /** {@code {"faults":[{file,line,column,severity,what,remedy}]}}, for other programs. */
  JSON {
    @Override
    String print(List<Fault> faults) {
      ObjectNode report = JsonNodeFactory.instance.objectNode();
      ArrayNode all = report.putArray("faults");
      faults.forEach(fault -> all.add(json(fault)));
      return write(report);
    }
  },

  /** Annotations of a GitHub workflow: commands that its runner reads from the output. */
  GITHUB {
    @Override
    String print(List<Fault> faults) {
      return faults.stream()
          .map(FaultFormat::annotation)
          .collect(Collectors.joining(System.lineSeparator()));
    }
  },

  /** SARIF 2.1.0, for code scanning. */
  SARIF {
    @Override
    String print(List<Fault> faults) {
      return write(SarifReport.of(faults));
    }
  };

  /** Reads a name in small letters. */
  static final class Reader implements ITypeConverter<FaultFormat> {
    @Override
    public FaultFormat convert(String name) {
      return Arrays.stream(values())
          .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + name + "' is none of text, json, github, sarif"));
    }
  }

  private static final ObjectMapper JSON_WRITER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** The report, without a line break at its end. Empty: there is nothing to write. */
  abstract String print(List<Fault> faults);

  /** {@code {file,line,column,severity,what,remedy}}. */
  static ObjectNode json(Fault fault) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("file", fault.file())
        .put("line", line(fault))
        .put("column", fault.column())
        .put("severity", severity(fault))
        .put("what", fault.what())
        .put("remedy", fault.remedy());
  }

  private static String counted(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String write(ObjectNode report) {
    try {
      return JSON_WRITER.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first line of a file when the whole file is meant; 0 for a setting that is in no file. */
  private static int line(Fault fault) {
    return fault.isInFile() ? Math.max(1, fault.line()) : 0;
  }

  static String severity(Fault fault) {
    return fault.level().name().toLowerCase(Locale.ROOT);
  }

  private static String annotation(Fault fault) {
    String place =
        fault.isInFile()
            ? "file=%s,line=%d,col=%d,"
                .formatted(property(fault.file()), line(fault), fault.column())
            : "";
    String message = fault.isInFile() ? message(fault) : fault.toString();
    return "::%s %stitle=%s::%s"
        .formatted(
            severity(fault),
            place,
            property("Integration Master: " + fault.kind().name().toLowerCase(Locale.ROOT)),
            data(message));
  }

  /** What and remedy, without the place. */
  static String message(Fault fault) {
    return fault.what() + (fault.remedy().isEmpty() ? "" : "; " + fault.remedy());
  }

  /** The runner ends a command at a line break, and reads % as the start of a code. */
  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  /** In a property, : and , would end it too. */
  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
