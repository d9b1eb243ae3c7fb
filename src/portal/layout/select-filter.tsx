/** A value of a query parameter, and its text. */
export type FilterOption = readonly [value: string, text: string];

interface SelectFilterProps {
  /** The query parameter. */
  name: string;
  label: string;
  options: readonly FilterOption[];
  selected: string;
}

/** A select field of the filter above a list. */
export function SelectFilter({ name, label, options, selected }: SelectFilterProps) {
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <select id={`filter-${name}`} name={name}>
        {options.map(([value, text]) => (
          <option value={value} selected={value === selected}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
