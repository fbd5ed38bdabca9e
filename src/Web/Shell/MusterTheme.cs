using MudBlazor;

namespace Muster.Web.Shell;

/// <summary>The colours of components; <c>app.css</c> has the same ones for everything else.</summary>
internal static class MusterTheme
{
    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#4a3fd6",
            Background = "#f6f6f9",
            Surface = "#ffffff",
            TextPrimary = "#1d1d26",
            TextSecondary = "#5a5a6a",
            ActionDefault = "#5a5a6a",
            LinesDefault = "#e2e2ea",
            LinesInputs = "#8a8a9a",
            Divider = "#e2e2ea",
            Success = "#176b3a",
            Error = "#b3261e",
            Warning = "#8a5300",
            Info = "#1d5bb8",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#a9a3ff",
            PrimaryContrastText = "#14141c",
            Background = "#131318",
            Surface = "#1c1c23",
            TextPrimary = "#ececf2",
            TextSecondary = "#b0b0bf",
            ActionDefault = "#b0b0bf",
            LinesDefault = "#34343f",
            LinesInputs = "#7c7c8c",
            Divider = "#34343f",
            Success = "#6fd698",
            SuccessContrastText = "#14141c",
            Error = "#ff9a92",
            ErrorContrastText = "#14141c",
            Warning = "#f0bd6a",
            WarningContrastText = "#14141c",
            Info = "#8cbcff",
            InfoContrastText = "#14141c",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"] },
            Button = new ButtonTypography { TextTransform = "none", FontWeight = "600", LetterSpacing = "0" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
    };
}
