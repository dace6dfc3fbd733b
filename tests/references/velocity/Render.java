// Reads [[template, data, with tools], ...] as JSON, and writes what Apache Velocity makes of each.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.text.DateFormat;
import java.text.SimpleDateFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

public class Render {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    VelocityEngine engine = new VelocityEngine();
    // 1.7 would write a log file.
    engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.init();
    List<Map<String, String>> answers = new ArrayList<>();
    for (List<?> one : json.readValue(System.in, List[].class)) {
      VelocityContext context = new VelocityContext((Map<String, Object>) one.get(1));
      if ((Boolean) one.get(2)) {
        addTools(context);
      }
      StringWriter out = new StringWriter();
      try {
        engine.evaluate(context, out, "t", (String) one.get(0));
        answers.add(Map.of("says", out.toString()));
      } catch (RuntimeException error) {
        answers.add(Map.of("refuses", error.getClass().getSimpleName()));
      }
    }
    json.writeValue(System.out, answers);
  }

  // SailPoint's data has dates where ours has their text.
  private static void addTools(VelocityContext context) throws Exception {
    for (Object key : context.getKeys()) {
      Object value = context.get((String) key);
      if (value instanceof String && ((String) value).matches("\\d{4}-\\d\\d-\\d\\dT.*Z")) {
        context.put((String) key, Date.from(Instant.parse((String) value)));
      }
    }
    context.put("spTools", new SailPoint());
    String tools = "org.apache.velocity.tools.generic.";
    Map<String, String> names =
        Map.of("__dateTool", "DateTool", "date", "DateTool", "__esc", "EscapeTool", "__numberTool", "NumberTool");
    for (Map.Entry<String, String> name : names.entrySet()) {
      context.put(name.getKey(), Class.forName(tools + name.getValue()).getConstructor().newInstance());
    }
  }

  // What SailPoint documents of its own helper, by the JDK's classes that it names.
  public static class SailPoint {
    public String formatDate(Date date) {
      return formatDate(date, DateFormat.SHORT, DateFormat.SHORT);
    }

    public String formatDate(Date date, Integer dateStyle, Integer timeStyle) {
      return DateFormat.getDateTimeInstance(dateStyle, timeStyle).format(date);
    }

    public String formatDate(Date date, String pattern) {
      return new SimpleDateFormat(pattern).format(date);
    }

    public String formatOffsetDateTimeForEmail(Date date) {
      return new SimpleDateFormat("EEE MMM dd HH:mm:ss zzz yyyy").format(date);
    }
  }
}
